package dev.parley.crdt;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A number that several replicas count up and down at once.
 *
 * <p>The PN-Counter of Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of Convergent and Commutative Replicated
 * Data Types" (2011): what each replica added and what it took away, of which the larger wins; with the deltas of Almeida,
 * Shoker, Baquero, "Delta state replicated data types" (2018). A change is made as a delta, to be {@link #merge merged} here
 * and elsewhere. Only who is called {@code replica} makes changes under that name.
 */
public record PnCounter(SortedMap<String, Row> rows) {
    public static final PnCounter ZERO = new PnCounter(new TreeMap<>());

    /** What one replica added and took away. Neither ever shrinks. */
    public record Row(long added, long taken) {
        public Row {
            if (added < 0 || taken < 0) {
                throw new IllegalArgumentException("a count below zero");
            }
            Math.addExact(added, taken);
        }

        private Row merge(Row other) {
            return new Row(Math.max(added, other.added), Math.max(taken, other.taken));
        }
    }

    public PnCounter(SortedMap<String, Row> rows) {
        if (rows.size() > CausalContext.REPLICAS_MAX) {
            throw new IllegalArgumentException(rows.size() + " replicas");
        }
        TreeMap<String, Row> counted = new TreeMap<>(rows);
        counted.values().removeIf(row -> row.added == 0 && row.taken == 0);
        this.rows = Collections.unmodifiableSortedMap(counted);
    }

    public long value() {
        return rows.values().stream().mapToLong(row -> row.added - row.taken).sum();
    }

    /** A delta that counts up, or down by a negative number. */
    public PnCounter change(String replica, long by) {
        Row row = rows.getOrDefault(replica, new Row(0, 0));
        TreeMap<String, Row> changed = new TreeMap<>();
        changed.put(
                replica,
                by >= 0
                        ? new Row(Math.addExact(row.added, by), row.taken)
                        : new Row(row.added, Math.subtractExact(row.taken, by)));
        return new PnCounter(changed);
    }

    public PnCounter merge(PnCounter other) {
        TreeMap<String, Row> both = new TreeMap<>(rows);
        other.rows.forEach((replica, row) -> both.merge(replica, row, Row::merge));
        return new PnCounter(both);
    }

    /** How much each replica counted, up or down. */
    public VersionVector versions() {
        TreeMap<String, Long> events = new TreeMap<>();
        rows.forEach((replica, row) -> events.put(replica, row.added + row.taken));
        return new VersionVector(events);
    }

    /** What who knows the counts of {@code since} lacks. */
    public PnCounter delta(VersionVector since) {
        TreeMap<String, Row> changed = new TreeMap<>(rows);
        changed.entrySet().removeIf(each -> each.getValue().added + each.getValue().taken <= since.of(each.getKey()));
        return new PnCounter(changed);
    }

    /** Without what other replicas than these counted. Who is left out must never come back under the same name. */
    public PnCounter retain(Set<String> replicas) {
        TreeMap<String, Row> kept = new TreeMap<>(rows);
        kept.keySet().retainAll(replicas);
        return new PnCounter(kept);
    }
}

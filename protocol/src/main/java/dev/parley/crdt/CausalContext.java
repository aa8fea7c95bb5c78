package dev.parley.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A set of events, as ranges per replica: sorted, apart from each other, none empty. Of a whole state that is one range
 * from 1 for each replica, a version vector; a delta knows single events.
 */
public record CausalContext(SortedMap<String, List<Range>> ranges) {
    /** A replica is a node or a tab that lives: who is gone is dropped with {@code retain}, so they do not add up. */
    public static final int REPLICAS_MAX = 1_024;

    public static final CausalContext NONE = new CausalContext(new TreeMap<>());

    /** The events {@code from} to {@code to}, both inclusive. */
    public record Range(long from, long to) {
        public Range {
            if (from < 1 || to < from) {
                throw new IllegalArgumentException("no range from " + from + " to " + to);
            }
        }
    }

    public CausalContext(SortedMap<String, List<Range>> ranges) {
        if (ranges.size() > REPLICAS_MAX) {
            throw new IllegalArgumentException(ranges.size() + " replicas");
        }
        TreeMap<String, List<Range>> normal = new TreeMap<>();
        ranges.forEach((replica, known) -> {
            if (!known.isEmpty()) {
                normal.put(replica, normalised(known));
            }
        });
        this.ranges = Collections.unmodifiableSortedMap(normal);
    }

    public static CausalContext of(Collection<Dot> dots) {
        TreeMap<String, List<Range>> ranges = new TreeMap<>();
        for (Dot dot : dots) {
            ranges.computeIfAbsent(dot.replica(), replica -> new ArrayList<>())
                    .add(new Range(dot.number(), dot.number()));
        }
        return new CausalContext(ranges);
    }

    private static List<Range> normalised(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(Range::from));
        List<Range> result = new ArrayList<>();
        Range open = sorted.get(0);
        for (Range next : sorted) {
            if (next.from() <= open.to() + 1) {
                open = new Range(open.from(), Math.max(open.to(), next.to()));
            } else {
                result.add(open);
                open = next;
            }
        }
        result.add(open);
        return List.copyOf(result);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(Dot dot) {
        for (Range range : ranges.getOrDefault(dot.replica(), List.of())) {
            if (range.from() <= dot.number() && dot.number() <= range.to()) {
                return true;
            }
        }
        return false;
    }

    /** The next event of a replica that knows all of its own. */
    Dot next(String replica) {
        List<Range> known = ranges.getOrDefault(replica, List.of());
        return new Dot(
                replica,
                known.isEmpty() ? 1 : Math.addExact(known.get(known.size() - 1).to(), 1));
    }

    CausalContext merge(CausalContext other) {
        TreeMap<String, List<Range>> both = new TreeMap<>(ranges);
        other.ranges.forEach((replica, known) -> both.merge(replica, known, (mine, theirs) -> {
            List<Range> all = new ArrayList<>(mine);
            all.addAll(theirs);
            return all;
        }));
        return new CausalContext(both);
    }

    CausalContext without(Collection<Dot> dots) {
        TreeMap<String, List<Range>> rest = new TreeMap<>(ranges);
        for (Dot dot : dots) {
            rest.computeIfPresent(dot.replica(), (replica, known) -> without(known, dot.number()));
        }
        return new CausalContext(rest);
    }

    private static List<Range> without(List<Range> ranges, long number) {
        List<Range> rest = new ArrayList<>(ranges.size() + 1);
        for (Range range : ranges) {
            if (number < range.from() || range.to() < number) {
                rest.add(range);
                continue;
            }
            if (range.from() < number) {
                rest.add(new Range(range.from(), number - 1));
            }
            if (number < range.to()) {
                rest.add(new Range(number + 1, range.to()));
            }
        }
        return rest;
    }

    CausalContext without(VersionVector versions) {
        TreeMap<String, List<Range>> rest = new TreeMap<>();
        ranges.forEach((replica, known) -> {
            long covered = versions.of(replica);
            List<Range> later = new ArrayList<>();
            for (Range range : known) {
                if (range.to() > covered) {
                    later.add(new Range(Math.max(range.from(), covered + 1), range.to()));
                }
            }
            rest.put(replica, later);
        });
        return new CausalContext(rest);
    }

    CausalContext retain(Set<String> replicas) {
        TreeMap<String, List<Range>> kept = new TreeMap<>(ranges);
        kept.keySet().retainAll(replicas);
        return new CausalContext(kept);
    }

    /** What is known without a gap. */
    public VersionVector versions() {
        TreeMap<String, Long> events = new TreeMap<>();
        ranges.forEach((replica, known) -> {
            if (known.get(0).from() == 1) {
                events.put(replica, known.get(0).to());
            }
        });
        return new VersionVector(events);
    }

    boolean isCoveredBy(VersionVector versions) {
        return without(versions).isEmpty();
    }
}

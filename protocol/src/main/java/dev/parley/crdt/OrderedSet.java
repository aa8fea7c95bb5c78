package dev.parley.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An {@link AddWinsSet} whose members have a rank, an opaque string compared by its UTF-16 units: a list that several people
 * arrange. The last to move a member wins, told by a Lamport stamp (larger than any that the mover saw at the member), at
 * the same stamp by the event. Moving does not bring back who was removed meanwhile.
 *
 * <p>Each addition carries a last-writer-wins register (Shapiro et al., "A comprehensive study of Convergent and Commutative
 * Replicated Data Types", 2011), in the manner of the dot functions of Almeida, Shoker, Baquero, "Delta state replicated data
 * types" (2018); the set is that of Bieniusa et al., "An optimized conflict-free replicated set" (2012). A register for the
 * member as a whole would not do: merged in another order, an addition that is dead would lend its rank to one that lives.
 */
public final class OrderedSet {
    public static final OrderedSet EMPTY = new OrderedSet(DotMap.empty());
    public static final int RANK_LENGTH_MAX = 64;

    private final DotMap<Placed> map;

    /** An addition that is alive, and where it was put last: by the event {@code moved}, under {@code stamp}. */
    public record Placed(Dot dot, String rank, long stamp, Dot moved) implements DotMap.Living<Placed> {
        private static final Comparator<Placed> LATER =
                Comparator.comparingLong(Placed::stamp).thenComparing(Placed::moved);

        public Placed {
            if (rank.length() > RANK_LENGTH_MAX || stamp < 1) {
                throw new IllegalArgumentException("no place " + rank + " at " + stamp);
            }
        }

        @Override
        public Dot changed() {
            return moved;
        }

        @Override
        public Placed join(Placed other) {
            return LATER.compare(this, other) >= 0 ? this : other;
        }
    }

    private OrderedSet(DotMap<Placed> map) {
        this.map = map;
    }

    /** A set from its parts. */
    public static OrderedSet of(SortedMap<String, List<Placed>> places, CausalContext context, CausalContext events) {
        return new OrderedSet(DotMap.of(places, context, events));
    }

    /** By rank, then by element. */
    public List<String> elements() {
        List<String> elements = new ArrayList<>(map.entries().keySet());
        elements.sort(
                Comparator.<String, String>comparing(element -> latest(element).rank())
                        .thenComparing(Comparator.naturalOrder()));
        return elements;
    }

    public boolean contains(String element) {
        return map.entries().containsKey(element);
    }

    public @Nullable String rank(String element) {
        return contains(element) ? latest(element).rank() : null;
    }

    private Placed latest(String element) {
        return map.living(element).stream().reduce(Placed::join).orElseThrow();
    }

    /** The elements with the additions that keep each in. */
    public SortedMap<String, List<Placed>> places() {
        return map.entries();
    }

    public CausalContext context() {
        return map.context();
    }

    public CausalContext events() {
        return map.events();
    }

    /** The events about which everything is known here: what others need to tell what is missing. */
    public VersionVector versions() {
        return map.events().versions();
    }

    /** A delta that adds an element at a rank, also over removals that happen meanwhile. */
    public OrderedSet addition(String replica, String element, String rank) {
        return additions(replica, Map.of(element, rank));
    }

    /** A delta that adds elements, each at its rank. */
    public OrderedSet additions(String replica, Map<String, String> ranks) {
        TreeMap<String, List<Placed>> entries = new TreeMap<>();
        List<Dot> known = new ArrayList<>();
        List<Dot> events = new ArrayList<>();
        Dot next = map.context().next(replica);
        for (Map.Entry<String, String> each : ranks.entrySet()) {
            String element = each.getKey();
            entries.put(element, List.of(new Placed(next, each.getValue(), nextStamp(element), next)));
            known.addAll(dots(element));
            events.add(next);
            next = new Dot(replica, next.number() + 1);
        }
        CausalContext added = CausalContext.of(events);
        return new OrderedSet(new DotMap<>(entries, added.merge(CausalContext.of(known)), added));
    }

    /** A delta that moves a member to a rank; empty if it is none. */
    public OrderedSet move(String replica, String element, String rank) {
        if (!contains(element)) {
            return EMPTY;
        }
        Dot next = map.context().next(replica);
        long stamp = nextStamp(element);
        List<Placed> moved = map.living(element).stream()
                .map(each -> new Placed(each.dot(), rank, stamp, next))
                .toList();
        return delta(element, moved, next);
    }

    private OrderedSet delta(String element, List<Placed> living, Dot next) {
        TreeMap<String, List<Placed>> entries = new TreeMap<>();
        entries.put(element, living);
        CausalContext event = CausalContext.of(List.of(next));
        return new OrderedSet(new DotMap<>(entries, event.merge(CausalContext.of(dots(element))), event));
    }

    private List<Dot> dots(String element) {
        return map.living(element).stream().map(Placed::dot).toList();
    }

    private long nextStamp(String element) {
        return 1 + map.living(element).stream().mapToLong(Placed::stamp).max().orElse(0);
    }

    /** A delta that removes elements, as far as they were seen here. */
    public OrderedSet removal(String replica, Collection<String> elements) {
        return new OrderedSet(map.removal(replica, elements));
    }

    public OrderedSet merge(OrderedSet other) {
        return new OrderedSet(map.merge(other.map));
    }

    /** What who knows the events of {@code since} lacks. */
    public OrderedSet delta(VersionVector since) {
        return new OrderedSet(map.delta(since));
    }

    /** Without what other replicas than these added. Who is left out must never come back under the same name. */
    public OrderedSet retain(Set<String> replicas) {
        return new OrderedSet(map.retain(replicas));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OrderedSet set && map.equals(set.map);
    }

    @Override
    public int hashCode() {
        return map.hashCode();
    }

    @Override
    public String toString() {
        return map.toString();
    }
}

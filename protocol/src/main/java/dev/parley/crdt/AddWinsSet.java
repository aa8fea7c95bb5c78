package dev.parley.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of strings in which an addition wins over a concurrent removal: removing takes out the additions it has seen.
 *
 * <p>The observed-remove set of Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of Convergent and Commutative
 * Replicated Data Types" (2011), without tombstones as in Bieniusa et al., "An optimized conflict-free replicated set"
 * (2012), with the deltas and causal contexts of Almeida, Shoker, Baquero, "Delta state replicated data types" (2018).
 *
 * <p>A change is made as a delta, a small set to be {@link #merge merged} here and elsewhere. Only who is called {@code
 * replica} makes changes under that name, on a set that has all it made before.
 */
public final class AddWinsSet {
    public static final AddWinsSet EMPTY = new AddWinsSet(DotMap.empty());

    private final DotMap<Added> map;

    private record Added(Dot dot) implements DotMap.Living<Added> {
        @Override
        public Dot changed() {
            return dot;
        }

        @Override
        public Added join(Added other) {
            return this;
        }
    }

    private AddWinsSet(DotMap<Added> map) {
        this.map = map;
    }

    /** A set from its parts. */
    public static AddWinsSet of(SortedMap<String, List<Dot>> dots, CausalContext context, CausalContext events) {
        TreeMap<String, List<Added>> entries = new TreeMap<>();
        dots.forEach((element, living) ->
                entries.put(element, living.stream().map(Added::new).toList()));
        return new AddWinsSet(DotMap.of(entries, context, events));
    }

    public NavigableSet<String> elements() {
        return map.entries().navigableKeySet();
    }

    public boolean contains(String element) {
        return map.entries().containsKey(element);
    }

    /** The additions that keep an element in. */
    public List<Dot> dots(String element) {
        return map.living(element).stream().map(Added::dot).toList();
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

    /** A delta that adds elements, also over removals that happen meanwhile. */
    public AddWinsSet addition(String replica, Collection<String> elements) {
        TreeMap<String, List<Added>> entries = new TreeMap<>();
        Set<Dot> replaced = new HashSet<>();
        List<Dot> events = new ArrayList<>();
        Dot next = map.context().next(replica);
        for (String element : elements) {
            if (!entries.containsKey(element)) {
                entries.put(element, List.of(new Added(next)));
                events.add(next);
                replaced.addAll(dots(element));
                next = new Dot(replica, next.number() + 1);
            }
        }
        CausalContext added = CausalContext.of(events);
        return new AddWinsSet(new DotMap<>(entries, added.merge(CausalContext.of(replaced)), added));
    }

    /** A delta that removes elements, as far as they were seen here. */
    public AddWinsSet removal(String replica, Collection<String> elements) {
        return new AddWinsSet(map.removal(replica, elements));
    }

    /** A delta that takes back what this replica added. What others added stays in. */
    public AddWinsSet withdrawal(String replica, Collection<String> elements) {
        return new AddWinsSet(
                map.removal(replica, elements, dot -> dot.replica().equals(replica)));
    }

    public AddWinsSet merge(AddWinsSet other) {
        return new AddWinsSet(map.merge(other.map));
    }

    /** What who knows the events of {@code since} lacks. */
    public AddWinsSet delta(VersionVector since) {
        return new AddWinsSet(map.delta(since));
    }

    /** Without what other replicas than these added. Who is left out must never come back under the same name. */
    public AddWinsSet retain(Set<String> replicas) {
        return new AddWinsSet(map.retain(replicas));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddWinsSet set && map.equals(set.map);
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

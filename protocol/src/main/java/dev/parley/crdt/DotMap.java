package dev.parley.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Elements, each with the dots that put it in and that nobody took out since, and what came with each dot. A dot is unknown,
 * then alive, then dead, and never goes back: known and not alive is dead, so that the dead cost nothing.
 *
 * <p>Merging two maps therefore keeps a dot that is alive in both, or alive in one and unknown to the other. Every change is
 * an event with a number of its own, removals and moves too: who knows all about the same events has the same map.
 *
 * @param entries sorted by element, each list by dot, none empty
 * @param context the dots whose fate is known, and the events of which anything is
 * @param events those of which everything is known. Not the same: a removal tells that a dot is dead, and not which older
 *     dots that one had replaced. A digest made of the context would hide for good what a lost delta had to say.
 */
record DotMap<L extends DotMap.Living<L>>(
        NavigableMap<String, List<L>> entries, CausalContext context, CausalContext events) {

    /** A dot that is alive, and what came with it. */
    interface Living<L> {
        Dot dot();

        /** The event that made it as it is. */
        Dot changed();

        /** The later of two forms of the same dot. */
        L join(L other);
    }

    DotMap(NavigableMap<String, List<L>> entries, CausalContext context, CausalContext events) {
        TreeMap<String, List<L>> sorted = new TreeMap<>();
        entries.forEach((element, living) -> {
            if (!living.isEmpty()) {
                sorted.put(element, List.copyOf(living));
            }
        });
        this.entries = Collections.unmodifiableNavigableMap(sorted);
        this.context = context;
        this.events = events;
    }

    static <L extends Living<L>> DotMap<L> empty() {
        return new DotMap<>(new TreeMap<>(), CausalContext.NONE, CausalContext.NONE);
    }

    /** A map from its parts. Throws unless every dot that lives is known, as in every map that was made by changes. */
    static <L extends Living<L>> DotMap<L> of(
            SortedMap<String, List<L>> entries, CausalContext context, CausalContext events) {
        TreeMap<String, List<L>> canonical = new TreeMap<>();
        entries.forEach((element, living) -> {
            TreeMap<Dot, L> sorted = new TreeMap<>();
            for (L each : living) {
                if (!context.contains(each.dot())) {
                    throw new IllegalArgumentException(each.dot() + " lives and is not known");
                }
                sorted.merge(each.dot(), each, L::join);
            }
            canonical.put(element, List.copyOf(sorted.values()));
        });
        return new DotMap<>(canonical, context, events);
    }

    List<L> living(String element) {
        return entries.getOrDefault(element, List.of());
    }

    /** A delta that takes elements out, by one event. Empty if none of them is in. */
    DotMap<L> removal(String replica, Collection<String> elements) {
        return removal(replica, elements, dot -> true);
    }

    /** Likewise, of those of their dots alone that {@code isMeant}. */
    DotMap<L> removal(String replica, Collection<String> elements, Predicate<Dot> isMeant) {
        List<Dot> dead = new ArrayList<>();
        for (String element : elements) {
            living(element).stream().map(Living::dot).filter(isMeant).forEach(dead::add);
        }
        if (dead.isEmpty()) {
            return empty();
        }
        CausalContext event = CausalContext.of(List.of(context.next(replica)));
        return new DotMap<>(new TreeMap<>(), CausalContext.of(dead).merge(event), event);
    }

    DotMap<L> merge(DotMap<L> other) {
        if (other.context.isEmpty()) {
            return this;
        } else if (context.isEmpty()) {
            return other;
        }
        TreeMap<String, List<L>> both = new TreeMap<>();
        entries.forEach((element, living) -> both.put(element, merge(living, other.living(element), other)));
        other.entries.forEach((element, living) -> {
            if (!entries.containsKey(element)) {
                both.put(element, merge(List.of(), living, other));
            }
        });
        return new DotMap<>(both, context.merge(other.context), events.merge(other.events));
    }

    private List<L> merge(List<L> mine, List<L> theirs, DotMap<L> other) {
        TreeMap<Dot, L> merged = new TreeMap<>();
        for (L each : mine) {
            if (!other.context.contains(each.dot())) {
                merged.put(each.dot(), each);
            }
        }
        for (L each : theirs) {
            L known = find(mine, each.dot());
            if (known != null) {
                merged.put(each.dot(), known.join(each));
            } else if (!context.contains(each.dot())) {
                merged.put(each.dot(), each);
            }
        }
        return List.copyOf(merged.values());
    }

    private @Nullable L find(List<L> living, Dot dot) {
        for (L each : living) {
            if (each.dot().equals(dot)) {
                return each;
            }
        }
        return null;
    }

    /**
     * What who knows the events of {@code since} lacks. Of what lives since before it says nothing, and of all else that it
     * does not list it says that it is dead.
     */
    DotMap<L> delta(VersionVector since) {
        if (context.isCoveredBy(since)) {
            return empty();
        }
        TreeMap<String, List<L>> changed = new TreeMap<>();
        List<Dot> unchanged = new ArrayList<>();
        entries.forEach((element, living) -> {
            List<L> news = new ArrayList<>();
            for (L each : living) {
                if (since.covers(each.dot()) && since.covers(each.changed())) {
                    unchanged.add(each.dot());
                } else {
                    news.add(each);
                }
            }
            changed.put(element, news);
        });
        return new DotMap<>(changed, context.without(unchanged), events.without(since));
    }

    /** Without what other replicas than these put in, and without the memory of them. */
    DotMap<L> retain(Set<String> replicas) {
        TreeMap<String, List<L>> kept = new TreeMap<>();
        entries.forEach((element, living) -> kept.put(
                element,
                living.stream()
                        .filter(each -> replicas.contains(each.dot().replica()))
                        .toList()));
        return new DotMap<>(kept, context.retain(replicas), events.retain(replicas));
    }
}

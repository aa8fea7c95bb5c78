package dev.parley.crdt;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values taken apart and put together again, as a codec does it. */
final class Parts {
    private Parts() {}

    static Object remade(Object value) {
        if (value instanceof AddWinsSet set) {
            SortedMap<String, List<Dot>> dots = new TreeMap<>();
            set.elements().forEach(element -> dots.put(element, set.dots(element)));
            return AddWinsSet.of(
                    dots,
                    new CausalContext(set.context().ranges()),
                    new CausalContext(set.events().ranges()));
        } else if (value instanceof OrderedSet set) {
            return OrderedSet.of(
                    set.places(),
                    new CausalContext(set.context().ranges()),
                    new CausalContext(set.events().ranges()));
        } else if (value instanceof PnCounter counter) {
            return new PnCounter(counter.rows());
        }
        throw new IllegalArgumentException("no parts of " + value);
    }
}

package dev.parley.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/** Values in the form of {@code vectors/crdt.json}. */
final class VectorForm {
    private VectorForm() {}

    static Object of(PnCounter counter) {
        List<Object> rows = new ArrayList<>();
        counter.rows().forEach((replica, row) -> rows.add(List.of(replica, row.added(), row.taken())));
        return rows;
    }

    static Object of(AddWinsSet set) {
        List<Object> entries = new ArrayList<>();
        for (String element : set.elements()) {
            entries.add(List.of(element, each(set.dots(element), dot -> Map.of("dot", of(dot)))));
        }
        return dotMap(entries, set.context(), set.events());
    }

    static Object of(OrderedSet set) {
        List<Object> entries = new ArrayList<>();
        set.places()
                .forEach((element, places) -> entries.add(List.of(element, each(places, place -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("dot", of(place.dot()));
                    fields.put("rank", place.rank());
                    fields.put("stamp", place.stamp());
                    fields.put("moved", of(place.moved()));
                    return fields;
                }))));
        return dotMap(entries, set.context(), set.events());
    }

    static Object of(VersionVector versions) {
        return pairs(versions.events(), count -> count);
    }

    private static Object dotMap(List<Object> entries, CausalContext context, CausalContext events) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("entries", entries);
        fields.put("context", ranges(context));
        fields.put("events", ranges(events));
        return fields;
    }

    private static Object ranges(CausalContext context) {
        return pairs(context.ranges(), known -> each(known, range -> List.of(range.from(), range.to())));
    }

    private static Object of(Dot dot) {
        return List.of(dot.replica(), dot.number());
    }

    private static <V> List<Object> pairs(SortedMap<String, V> map, Function<V, Object> form) {
        List<Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(List.of(key, form.apply(value))));
        return pairs;
    }

    private static <E> List<Object> each(List<E> list, Function<E, Object> form) {
        return list.stream().map(form).toList();
    }
}

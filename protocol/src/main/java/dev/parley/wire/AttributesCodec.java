package dev.parley.wire;

import dev.parley.wire.v1.Attribute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Attributes as a list sorted by key. */
public final class AttributesCodec {
    private AttributesCodec() {}

    public static List<Attribute> encode(SortedMap<String, String> attributes) {
        List<Attribute> wire = new ArrayList<>(attributes.size());
        attributes.forEach((key, value) ->
                wire.add(Attribute.newBuilder().setKey(key).setValue(value).build()));
        return wire;
    }

    public static SortedMap<String, String> decode(List<Attribute> wire) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (Attribute attribute : wire) {
            if (!attribute.getValue().isEmpty()) {
                attributes.put(attribute.getKey(), attribute.getValue());
            }
        }
        return Collections.unmodifiableSortedMap(attributes);
    }
}

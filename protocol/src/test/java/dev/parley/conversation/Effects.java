package dev.parley.conversation;

import dev.parley.ot.TextEdit;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Short forms of effects and attributes. */
final class Effects {
    private Effects() {}

    static Effect.Create message(String block, String text) {
        return new Effect.Create(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    static Effect.Create draft(String block, String text) {
        return new Effect.Create(block, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE);
    }

    static Effect.EditText edit(String block, int baseLength, TextEdit edit) {
        return new Effect.EditText(block, baseLength, edit, View.STAFF);
    }

    static Effect.Set set(String target, String key, String value) {
        return new Effect.Set(target, key, value, false, View.STAFF);
    }

    static Effect.Set advance(String key, long value) {
        return new Effect.Set("", key, Long.toString(value), true, View.STAFF);
    }

    static Effect.Reveal reveal(String block, String text) {
        return new Effect.Reveal(block, text, Attributes.NONE, View.PUBLIC);
    }

    static SortedMap<String, String> attributes(String... keysAndValues) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            attributes.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableSortedMap(attributes);
    }
}

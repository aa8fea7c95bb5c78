package dev.parley.conversation;

import dev.parley.ot.TextEdit;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Short forms of effects and attributes. */
public final class Effects {
    private Effects() {}

    public static Effect.Create message(String block, String text) {
        return new Effect.Create(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    public static Effect.Create draft(String block, String text) {
        return new Effect.Create(block, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE);
    }

    public static Effect.EditText edit(String block, int baseLength, TextEdit edit) {
        return new Effect.EditText(block, baseLength, edit, View.STAFF);
    }

    public static Effect.Set set(String target, String key, String value) {
        return new Effect.Set(target, key, value, false, View.STAFF);
    }

    public static Effect.Set advance(String key, long value) {
        return new Effect.Set("", key, Long.toString(value), true, View.STAFF);
    }

    public static Effect.Reveal reveal(String block, String text) {
        return new Effect.Reveal(block, text, Attributes.NONE, View.PUBLIC);
    }

    public static Effect.Move move(String block, String rank) {
        return new Effect.Move(block, rank, View.STAFF);
    }

    public static Effect.Retarget retarget(String block, String into, int intoLength, int at, int length) {
        return new Effect.Retarget(block, into, intoLength, at, length, View.STAFF);
    }

    public static Effect.Erase erase(String block) {
        return new Effect.Erase(block, View.STAFF);
    }

    /** The range of a suggestion. */
    public static Effect.PlaceAnchor place(String block, String suggestion, int start, int end) {
        return new Effect.PlaceAnchor(block, suggestion, start, end, false, false, View.STAFF);
    }

    /** The place of a run. */
    public static Effect.PlaceAnchor run(String block, String run, int at) {
        return new Effect.PlaceAnchor(block, run, at, at, true, false, View.STAFF);
    }

    public static Effect.PlaceAnchor removal(String block, String name) {
        return Effect.PlaceAnchor.removal(block, name);
    }

    public static Effect forPublic(Effect effect) {
        return effect.withAudience(View.PUBLIC);
    }

    public static SortedMap<String, String> attributes(String... keysAndValues) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            attributes.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableSortedMap(attributes);
    }
}

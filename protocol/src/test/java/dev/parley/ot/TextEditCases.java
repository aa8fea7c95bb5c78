package dev.parley.ot;

import dev.parley.fixture.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Cases of the algebra with the results this code gives, as lines of JSON; {@code vectors/README.md} has the format.
 * Edits come as they are written there, numbers and strings.
 */
final class TextEditCases {
    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return lines;
    }

    /** The case of a line, whatever result the line has. */
    void again(Map<String, Object> line) {
        String op = member(line, "op", String.class);
        switch (op) {
            case "apply" -> apply("", member(line, "text", String.class), edit(line, "edit"));
            case "transform" ->
                transform(
                        "", edit(line, "edit"), edit(line, "other"), Side.valueOf(member(line, "side", String.class)));
            case "compose" -> compose("", edit(line, "edit"), edit(line, "next"));
            case "invert" -> invert("", member(line, "text", String.class), edit(line, "edit"));
            case "cursor" ->
                cursor(
                        "",
                        edit(line, "edit"),
                        member(line, "position", Integer.class),
                        member(line, "own", Boolean.class));
            default -> throw new IllegalArgumentException("a case of " + op);
        }
    }

    void apply(String name, String text, List<Object> edit) {
        Map<String, Object> given = given(name, "apply");
        given.put("text", text);
        given.put("edit", edit);
        add(given, () -> build(edit).apply(Text.of(text)).toString());
    }

    void transform(String name, List<Object> edit, List<Object> other, Side side) {
        Map<String, Object> given = given(name, "transform");
        given.put("edit", edit);
        given.put("other", other);
        given.put("side", side.name());
        add(given, () -> written(build(edit).transform(build(other), side)));
    }

    /** One edit past the other, on both sides, and the other way round. */
    void diamond(String name, List<Object> a, List<Object> b) {
        for (Side side : Side.values()) {
            transform(name, a, b, side);
            transform(name, b, a, side);
        }
    }

    void compose(String name, List<Object> edit, List<Object> next) {
        Map<String, Object> given = given(name, "compose");
        given.put("edit", edit);
        given.put("next", next);
        add(given, () -> written(build(edit).compose(build(next))));
    }

    void invert(String name, String text, List<Object> edit) {
        Map<String, Object> given = given(name, "invert");
        given.put("edit", edit);
        given.put("text", text);
        add(given, () -> written(build(edit).invert(Text.of(text))));
    }

    void cursor(String name, List<Object> edit, int position) {
        cursor(name, edit, position, false);
        cursor(name, edit, position, true);
    }

    private void cursor(String name, List<Object> edit, int position, boolean own) {
        Map<String, Object> given = given(name, "cursor");
        given.put("edit", edit);
        given.put("position", position);
        given.put("own", own);
        add(given, () -> build(edit).transformCursor(position, own));
    }

    void normalise(String name, List<Object> components) {
        Map<String, Object> given = given(name, "normalise");
        given.put("components", components);
        add(given, () -> written(build(components)));
    }

    void shortest(String name, String before, String after) {
        Map<String, Object> given = given(name, "shortest");
        given.put("text", before);
        given.put("after", after);
        add(given, () -> written(ShortestEdit.between(Text.of(before), Text.of(after))));
    }

    private static Map<String, Object> given(String name, String op) {
        Map<String, Object> given = new LinkedHashMap<>();
        if (!name.isEmpty()) {
            given.put("name", name);
        }
        given.put("op", op);
        return given;
    }

    private void add(Map<String, Object> given, Supplier<Object> result) {
        try {
            given.put("result", result.get());
        } catch (IndexOutOfBoundsException e) {
            given.put("error", "OUT_OF_RANGE");
        } catch (IllFormedTextException e) {
            given.put("error", "ILL_FORMED_TEXT");
        }
        lines.add(Json.of(given));
    }

    static List<Object> written(TextEdit edit) {
        List<Object> written = new ArrayList<>();
        for (Component component : edit.components()) {
            switch (component.kind()) {
                case RETAIN -> written.add(component.length());
                case INSERT -> written.add(((Component.Insert) component).text().toString());
                case DELETE -> written.add(-component.length());
            }
        }
        return written;
    }

    @SuppressWarnings("unchecked") // A list of JSON is a list of objects.
    private static List<Object> edit(Map<String, Object> line, String key) {
        return member(line, key, List.class);
    }

    private static <T> T member(Map<String, Object> line, String key, Class<T> type) {
        return type.cast(Objects.requireNonNull(line.get(key), key));
    }

    private static TextEdit build(List<Object> written) {
        TextEdit.Builder edit = TextEdit.builder();
        for (Object component : written) {
            if (component instanceof String string) {
                edit.insert(Text.of(string));
            } else {
                int span = (int) component;
                if (span > 0) {
                    edit.retain(span);
                } else {
                    edit.delete(-span);
                }
            }
        }
        return edit.build();
    }
}

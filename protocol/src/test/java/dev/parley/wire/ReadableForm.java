package dev.parley.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.parley.wire.v1.TextEdit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as the vectors show them: fields under their JSON names, what has its default left out, enums by name, bytes in
 * hex, numbers as numbers.
 */
final class ReadableForm {
    private static final long SAFE_INTEGER_MAX = (1L << 53) - 1;

    private final boolean compactEdits;

    private ReadableForm(boolean compactEdits) {
        this.compactEdits = compactEdits;
    }

    static Map<String, Object> of(Message message) {
        return new ReadableForm(false).message(message);
    }

    /** With text edits as arrays of numbers and strings. */
    static Map<String, Object> withCompactEdits(Message message) {
        return new ReadableForm(true).message(message);
    }

    private Map<String, Object> message(Message message) {
        Map<String, Object> readable = new LinkedHashMap<>();
        message.getAllFields().forEach((field, value) -> {
            Object shown = field.isRepeated() ? list((List<?>) value, field) : value(value, field);
            if (shown != null) {
                readable.put(field.getJsonName(), shown);
            }
        });
        return readable;
    }

    private List<Object> list(List<?> values, FieldDescriptor field) {
        List<Object> readable = new ArrayList<>();
        for (Object value : values) {
            Object shown = value(value, field);
            if (shown != null) {
                readable.add(shown);
            }
        }
        return readable;
    }

    /** Null for an enum's value that nobody knows: it counts as the default. */
    private @Nullable Object value(Object value, FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> compactEdits && value instanceof TextEdit edit ? compact(edit) : message((Message) value);
            case ENUM -> {
                EnumValueDescriptor constant = (EnumValueDescriptor) value;
                yield constant.getIndex() < 0 ? null : constant.getName();
            }
            case BYTES -> HexFormat.of().formatHex(((ByteString) value).toByteArray());
            case UINT32 -> Integer.toUnsignedLong((Integer) value);
            case UINT64 -> safe((Long) value);
            case SINT32, BOOL, STRING -> value;
            default -> throw new IllegalArgumentException("no readable form of " + field);
        };
    }

    private static long safe(long value) {
        if (value < 0 || value > SAFE_INTEGER_MAX) {
            throw new IllegalArgumentException("JavaScript would lose digits of " + value);
        }
        return value;
    }

    private static List<Object> compact(TextEdit edit) {
        List<Object> components = new ArrayList<>();
        int insert = 0;
        for (int span : edit.getSpansList()) {
            components.add(span == 0 ? edit.getInserts(insert++) : (Object) span);
        }
        return components;
    }
}

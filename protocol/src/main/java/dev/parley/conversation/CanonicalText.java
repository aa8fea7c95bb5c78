package dev.parley.conversation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A conversation's state as one JSON text, the same for equal states in every implementation: what replicas are compared by. */
public final class CanonicalText {

    private CanonicalText() {}

    public static String of(ConversationState state) {
        return of(state.attributes(), state.blocks());
    }

    /** Of what {@code view} sees of a state that may hold more. */
    public static String of(ConversationState state, View view) {
        return of(state.attributesFor(view), state.changedSince(0, view));
    }

    private static String of(Map<String, String> attributes, Collection<Block> blocks) {
        StringBuilder json = new StringBuilder();
        json.append("{\"attributes\":");
        append(json, attributes);
        json.append(",\"blocks\":[");
        List<Block> sorted =
                blocks.stream().sorted(Comparator.comparing(Block::id)).toList();
        for (int i = 0; i < sorted.size(); i++) {
            json.append(i == 0 ? "" : ",");
            append(json, sorted.get(i));
        }
        return json.append("]}").toString();
    }

    private static void append(StringBuilder json, Block block) {
        json.append("{\"id\":");
        append(json, block.id());
        json.append(",\"kind\":\"").append(block.kind());
        json.append("\",\"audience\":\"").append(block.audience());
        json.append("\",\"author\":{\"subject\":");
        append(json, block.author().subject());
        json.append(",\"role\":\"").append(block.author().role());
        json.append("\",\"name\":");
        append(json, block.author().name());
        json.append("},\"revision\":").append(block.revision());
        json.append(",\"edited\":").append(block.edited());
        json.append(",\"timeMillis\":").append(block.timeMillis());
        json.append(",\"composedAtMillis\":").append(block.composedAtMillis());
        json.append(",\"text\":");
        append(json, block.text().toString());
        json.append(",\"attributes\":");
        append(json, block.attributes());
        json.append('}');
    }

    private static void append(StringBuilder json, Map<String, String> sorted) {
        json.append('{');
        String separator = "";
        for (Map.Entry<String, String> attribute : sorted.entrySet()) {
            json.append(separator);
            append(json, attribute.getKey());
            json.append(':');
            append(json, attribute.getValue());
            separator = ",";
        }
        json.append('}');
    }

    /** Escapes as JSON.stringify does for well-formed strings. */
    private static void append(StringBuilder json, String string) {
        json.append('"');
        for (int i = 0; i < string.length(); i++) {
            char unit = string.charAt(i);
            switch (unit) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (unit < ' ') {
                        json.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                    } else {
                        json.append(unit);
                    }
                }
            }
        }
        json.append('"');
    }
}

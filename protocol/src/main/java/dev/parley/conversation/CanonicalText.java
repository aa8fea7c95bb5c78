package dev.parley.conversation;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

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

    public static String of(Block block) {
        StringBuilder json = new StringBuilder();
        append(json, block);
        return json.toString();
    }

    private static void append(StringBuilder json, Block block) {
        json.append("{\"id\":");
        append(json, block.id());
        json.append(",\"kind\":\"").append(block.kind());
        json.append("\",\"audience\":\"").append(block.audience());
        json.append("\",\"author\":");
        append(json, block.author());
        json.append(",\"owners\":");
        appendAll(json, block.owners(), CanonicalText::append);
        json.append(",\"revision\":").append(block.revision());
        json.append(",\"edited\":").append(block.edited());
        json.append(",\"timeMillis\":").append(block.timeMillis());
        json.append(",\"composedAtMillis\":").append(block.composedAtMillis());
        json.append(",\"text\":");
        append(json, block.text().toString());
        json.append(",\"attributes\":");
        append(json, block.attributes());
        json.append(",\"rank\":");
        append(json, block.rank());
        json.append(",\"mergedInto\":");
        append(json, block.mergedInto());
        json.append(",\"erased\":").append(block.erased());
        json.append(",\"anchors\":");
        appendAll(json, block.anchors(), CanonicalText::append);
        json.append(",\"authors\":");
        appendAll(json, block.authorship().authors(), CanonicalText::append);
        json.append(",\"authorship\":");
        appendAll(json, block.authorship().runs(), (out, run) -> out.append(run.length())
                .append(',')
                .append(run.author()));
        json.append('}');
    }

    private static void append(StringBuilder json, Author author) {
        json.append("{\"subject\":");
        append(json, author.subject());
        json.append(",\"role\":\"").append(author.role());
        json.append("\",\"name\":");
        append(json, author.name());
        json.append('}');
    }

    private static void append(StringBuilder json, Anchor anchor) {
        json.append("{\"name\":");
        append(json, anchor.name());
        json.append(",\"start\":").append(anchor.start());
        json.append(",\"end\":").append(anchor.end());
        json.append(",\"run\":").append(anchor.run());
        json.append(",\"stale\":").append(anchor.stale());
        json.append(",\"written\":").append(anchor.written()).append('}');
    }

    private static <T> void appendAll(StringBuilder json, List<T> items, BiConsumer<StringBuilder, T> append) {
        json.append('[');
        for (int i = 0; i < items.size(); i++) {
            json.append(i == 0 ? "" : ",");
            append.accept(json, items.get(i));
        }
        json.append(']');
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

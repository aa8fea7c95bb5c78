package dev.parley.load.check;

import dev.parley.wire.v1.Attribute;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's state, computed from its log in the plainest way: texts are lists of code points, views are filters over
 * the whole state. Slow, and written apart from the code that it judges. Not thread-safe.
 */
final class Replay {
    private static final Set<String> PUBLIC_KEYS =
            Set.of("kind", "visitor", "visitorName", "name", "state", "recalled");
    private static final List<String> PUBLIC_PREFIXES = List.of("read/", "reaction/");

    private final Map<String, ReplayedBlock> blocks = new TreeMap<>();
    private final Map<String, String> attributes = new TreeMap<>();
    private long revision;
    private long timeMillis;

    private static final class ReplayedBlock {
        private BlockKind kind;
        private View audience;
        private Author author;
        private long revision;
        private long edited;
        private long timeMillis;
        private long composedAtMillis;
        private List<Integer> text;
        private Map<String, String> attributes;

        ReplayedBlock(Entry entry, BlockKind kind, View audience, String text, List<Attribute> attributes) {
            this.kind = kind;
            this.audience = audience;
            this.author = entry.getAuthor();
            this.revision = entry.getRevision();
            this.timeMillis = entry.getTimeMillis();
            this.composedAtMillis = entry.getComposedAtMillis();
            this.text = codePoints(text);
            this.attributes = map(attributes);
        }
    }

    long revision() {
        return revision;
    }

    void apply(Entry entry) throws BrokenLogException {
        require(entry.getRevision() == revision + 1, "revision " + entry.getRevision() + " after " + revision);
        require(
                entry.getTimeMillis() >= timeMillis,
                "revision " + entry.getRevision() + " is earlier than the one before");
        require(entry.getEffectsCount() > 0, "revision " + entry.getRevision() + " has no effect");
        for (Effect effect : entry.getEffectsList()) {
            try {
                apply(entry, effect);
            } catch (BrokenLogException e) {
                throw new BrokenLogException("revision " + entry.getRevision() + ": " + e.getMessage());
            }
        }
        revision = entry.getRevision();
        timeMillis = entry.getTimeMillis();
    }

    private void apply(Entry entry, Effect effect) throws BrokenLogException {
        switch (effect.getKindCase()) {
            case CREATE -> {
                Effect.Create create = effect.getCreate();
                require(!blocks.containsKey(create.getBlock()), "created again: " + create.getBlock());
                blocks.put(
                        create.getBlock(),
                        new ReplayedBlock(
                                entry,
                                create.getKind(),
                                audience(effect),
                                create.getText(),
                                create.getAttributesList()));
            }
            case EDIT_TEXT -> {
                Effect.EditText edit = effect.getEditText();
                ReplayedBlock block = block(edit.getBlock());
                require(audience(effect) == block.audience, "an edit for others than its block is for");
                require(edit.getBaseLength() == block.text.size(), "an edit of a text of another length");
                block.text = edited(block.text, edit.getEdit());
                block.edited = entry.getRevision();
            }
            case SET -> {
                Effect.Set set = effect.getSet();
                ReplayedBlock block = set.getTarget().isEmpty() ? null : block(set.getTarget());
                View all = block == null ? View.PUBLIC : block.audience;
                require(
                        audience(effect) == (isPublic(set.getKey()) ? all : View.STAFF),
                        "an attribute for others than its key is for");
                set(block == null ? attributes : block.attributes, set);
            }
            case REVEAL -> {
                Effect.Reveal reveal = effect.getReveal();
                ReplayedBlock draft = block(reveal.getBlock());
                require(audience(effect) == View.PUBLIC, "a publication that is not for all");
                require(draft.kind == BlockKind.DRAFT, "a publication of what is no draft");
                require(
                        draft.text.equals(codePoints(reveal.getText())),
                        "a publication of another text than the draft's");
                require(
                        draft.attributes.equals(map(reveal.getAttributesList())),
                        "a publication with other attributes");
                blocks.put(
                        reveal.getBlock(),
                        new ReplayedBlock(
                                entry, BlockKind.MESSAGE, View.PUBLIC, reveal.getText(), reveal.getAttributesList()));
            }
            case MOVE, RETARGET, ERASE, PLACE_ANCHOR, KIND_NOT_SET -> throw new BrokenLogException("an unknown effect");
        }
    }

    private ReplayedBlock block(String id) throws BrokenLogException {
        ReplayedBlock block = blocks.get(id);
        if (block == null) {
            throw new BrokenLogException("no block " + id);
        }
        return block;
    }

    private static List<Integer> edited(List<Integer> text, TextEdit edit) throws BrokenLogException {
        List<Integer> result = new ArrayList<>();
        int at = 0;
        int inserts = 0;
        int before = 0;
        for (int i = 0; i < edit.getSpansCount(); i++) {
            int span = edit.getSpans(i);
            int kind = Integer.signum(span);
            require(i == 0 || (kind != before && !(kind == 0 && before < 0)), "an edit that is not canonical");
            before = kind;
            if (kind == 0) {
                require(inserts < edit.getInsertsCount(), "an edit without the text it inserts");
                List<Integer> inserted = codePoints(edit.getInserts(inserts++));
                require(!inserted.isEmpty(), "an edit that inserts nothing");
                result.addAll(inserted);
                continue;
            }
            int next = at + Math.abs(span);
            require(next <= text.size(), "an edit past the end of its text");
            if (kind > 0) {
                result.addAll(text.subList(at, next));
            }
            at = next;
        }
        require(edit.getSpansCount() == 0 || before <= 0, "an edit that ends with a retain");
        require(inserts == edit.getInsertsCount(), "an edit with text that it does not insert");
        result.addAll(text.subList(at, text.size()));
        return result;
    }

    private static void set(Map<String, String> attributes, Effect.Set set) {
        String before = attributes.getOrDefault(set.getKey(), "");
        String after = set.getValue();
        if (set.getAdvance() && isLarger(before, after)) {
            after = before;
        }
        if (after.isEmpty()) {
            attributes.remove(set.getKey());
        } else {
            attributes.put(set.getKey(), after);
        }
    }

    private static boolean isLarger(String a, String b) {
        return a.length() != b.length() ? a.length() > b.length() : a.compareTo(b) > 0;
    }

    /** What {@code view} sees of the entry, as the wire has it; null if it sees nothing of it. */
    static @Nullable Entry seenBy(Entry entry, View view) {
        if (view == View.STAFF) {
            return entry;
        }
        Entry.Builder seen = entry.toBuilder().clearEffects();
        for (Effect effect : entry.getEffectsList()) {
            if (audience(effect) == View.PUBLIC) {
                seen.addEffects(asPublic(effect));
            }
        }
        return seen.getEffectsCount() == 0 ? null : seen.build();
    }

    private static Effect asPublic(Effect effect) {
        return switch (effect.getKindCase()) {
            case REVEAL -> {
                Effect.Reveal reveal = effect.getReveal();
                Effect.Builder create = Effect.newBuilder().setAudience(View.PUBLIC);
                create.getCreateBuilder()
                        .setBlock(reveal.getBlock())
                        .setKind(BlockKind.MESSAGE)
                        .setText(reveal.getText())
                        .addAllAttributes(publicOnly(reveal.getAttributesList()));
                yield create.build();
            }
            case CREATE -> {
                Effect.Builder create = effect.toBuilder();
                create.getCreateBuilder()
                        .clearAttributes()
                        .addAllAttributes(publicOnly(effect.getCreate().getAttributesList()));
                yield create.build();
            }
            case EDIT_TEXT, SET, MOVE, RETARGET, ERASE, PLACE_ANCHOR, KIND_NOT_SET -> effect;
        };
    }

    private static List<Attribute> publicOnly(List<Attribute> attributes) {
        return attributes.stream()
                .filter(attribute -> isPublic(attribute.getKey()))
                .toList();
    }

    private static boolean isPublic(String key) {
        return PUBLIC_KEYS.contains(key) || PUBLIC_PREFIXES.stream().anyMatch(key::startsWith);
    }

    private static View audience(Effect effect) {
        return effect.getAudience() == View.PUBLIC ? View.PUBLIC : View.STAFF;
    }

    /** The state as {@code view} sees it, in the one text that equal states have. */
    String canonicalText(View view) {
        String visible = blocks.entrySet().stream()
                .filter(entry -> view == View.STAFF || entry.getValue().audience == View.PUBLIC)
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .map(entry -> json(entry.getKey(), entry.getValue(), view))
                .collect(Collectors.joining(","));
        return "{\"attributes\":" + json(attributes, view) + ",\"blocks\":[" + visible + "]}";
    }

    private static String json(String id, ReplayedBlock block, View view) {
        StringBuilder text = new StringBuilder();
        block.text.forEach(text::appendCodePoint);
        Role role = block.author.getRole() == Role.ROLE_UNSPECIFIED ? Role.SERVICE : block.author.getRole();
        return "{\"id\":" + quoted(id)
                + ",\"kind\":\"" + block.kind
                + "\",\"audience\":\"" + block.audience
                + "\",\"author\":{\"subject\":" + quoted(block.author.getSubject())
                + ",\"role\":\"" + role
                + "\",\"name\":" + quoted(block.author.getName())
                + "},\"revision\":" + block.revision
                + ",\"edited\":" + block.edited
                + ",\"timeMillis\":" + block.timeMillis
                + ",\"composedAtMillis\":" + block.composedAtMillis
                + ",\"text\":" + quoted(text.toString())
                + ",\"attributes\":" + json(block.attributes, view) + "}";
    }

    private static String json(Map<String, String> attributes, View view) {
        return attributes.entrySet().stream()
                .filter(entry -> view == View.STAFF || isPublic(entry.getKey()))
                .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(String string) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < string.length(); i++) {
            char unit = string.charAt(i);
            String escaped = ESCAPES.get(unit);
            if (escaped != null) {
                json.append(escaped);
            } else if (unit < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
            } else {
                json.append(unit);
            }
        }
        return json.append('"').toString();
    }

    private static final Map<Character, String> ESCAPES =
            Map.of('"', "\\\"", '\\', "\\\\", '\b', "\\b", '\f', "\\f", '\n', "\\n", '\r', "\\r", '\t', "\\t");

    private static List<Integer> codePoints(String text) {
        return text.codePoints().boxed().toList();
    }

    private static Map<String, String> map(List<Attribute> attributes) {
        Map<String, String> map = new TreeMap<>();
        for (Attribute attribute : attributes) {
            if (!attribute.getValue().isEmpty()) {
                map.put(attribute.getKey(), attribute.getValue());
            }
        }
        return map;
    }

    private static void require(boolean holds, String otherwise) throws BrokenLogException {
        if (!holds) {
            throw new BrokenLogException(otherwise);
        }
    }
}

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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's state, computed from its log in the plainest way: texts are lists of single letters with their writers, views are filters over
 * the whole state. Slow, and written apart from the code that it judges. Not thread-safe.
 */
final class Replay {
    private static final Set<String> PUBLIC_KEYS =
            Set.of("kind", "visitor", "visitorName", "name", "state", "title", "recalled", "pinned");
    private static final List<String> PUBLIC_PREFIXES = List.of("read/", "reaction/");
    private static final Pattern RANK = Pattern.compile("[0-9A-Za-z]{0,63}[1-9A-Za-z]");

    private final Map<String, ReplayedBlock> blocks = new TreeMap<>();
    private final Map<String, String> attributes = new TreeMap<>();
    private long revision;
    private long timeMillis;

    /** A code point and who wrote it. */
    private record Letter(int codePoint, Author writer) {}

    private static final class Place {
        private final boolean run;
        private int start;
        private int end;
        private boolean stale;
        private int written;

        Place(Effect.PlaceAnchor placed) {
            this.run = placed.getRun();
            this.start = placed.getStart();
            this.end = placed.getEnd();
        }
    }

    private static final class ReplayedBlock {
        private BlockKind kind;
        private View audience;
        private Author author;
        private long revision;
        private long edited;
        private long timeMillis;
        private long composedAtMillis;
        private List<Letter> text;
        private Map<String, String> attributes;
        private String rank = "";
        private String mergedInto = "";
        private boolean erased;
        private final List<Author> owners = new ArrayList<>();
        private final Set<Author> writers = new LinkedHashSet<>();
        private final Map<String, Place> places = new TreeMap<>();

        ReplayedBlock(Entry entry, BlockKind kind, View audience, String text, List<Attribute> attributes) {
            this.kind = kind;
            this.audience = audience;
            this.author = entry.getAuthor();
            this.revision = entry.getRevision();
            this.timeMillis = entry.getTimeMillis();
            this.composedAtMillis = entry.getComposedAtMillis();
            this.text = letters(text, entry.getAuthor());
            this.attributes = map(attributes);
            this.writers.add(entry.getAuthor());
        }

        boolean isText(String other) {
            return string(text).equals(other);
        }

        void loseText(long at) {
            text = List.of();
            edited = at;
            places.clear();
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
                ReplayedBlock block = blockWithText(edit.getBlock());
                require(audience(effect) == block.audience, "an edit for others than its block is for");
                require(edit.getBaseLength() == block.text.size(), "an edit of a text of another length");
                List<Letter> before = block.text;
                block.text = edited(before, edit.getEdit(), entry.getAuthor());
                block.edited = entry.getRevision();
                block.writers.add(entry.getAuthor());
                block.places.forEach((name, place) ->
                        move(place, edit.getEdit(), entry.getOrigin().getRun().equals(name)));
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
                ReplayedBlock draft = blockWithText(reveal.getBlock());
                require(audience(effect) == View.PUBLIC, "a publication that is not for all");
                require(draft.kind == BlockKind.DRAFT, "a publication of what is no draft");
                require(draft.isText(reveal.getText()), "a publication of another text than the draft's");
                require(
                        draft.attributes.equals(map(reveal.getAttributesList())),
                        "a publication with other attributes");
                ReplayedBlock message = new ReplayedBlock(
                        entry, BlockKind.MESSAGE, View.PUBLIC, reveal.getText(), reveal.getAttributesList());
                message.text = draft.text;
                message.owners.addAll(draft.owners);
                message.writers.clear();
                message.writers.addAll(draft.writers);
                draft.places.values().removeIf(place -> place.run);
                message.places.putAll(draft.places);
                blocks.put(reveal.getBlock(), message);
            }
            case MOVE -> {
                Effect.Move move = effect.getMove();
                ReplayedBlock block = block(move.getBlock());
                require(audience(effect) == block.audience, "a move for others than its block is for");
                require(RANK.matcher(move.getRank()).matches(), "a rank that is none");
                block.rank = move.getRank();
            }
            case RETARGET -> merge(entry, effect.getRetarget(), audience(effect));
            case ERASE -> {
                ReplayedBlock block = block(effect.getErase().getBlock());
                require(!block.erased, "an erasure of what is gone");
                require(
                        block.mergedInto.isEmpty() || erases(entry, block.mergedInto),
                        "an erasure of a block without the one that has its text");
                require(audience(effect) == block.audience, "an erasure for others than its block is for");
                block.loseText(entry.getRevision());
                block.attributes.clear();
                block.erased = true;
            }
            case PLACE_ANCHOR -> {
                Effect.PlaceAnchor anchor = effect.getPlaceAnchor();
                require(audience(effect) == View.STAFF, "an anchor that is not for staff");
                if (anchor.getRemoved()) {
                    block(anchor.getBlock()).places.remove(anchor.getName());
                } else {
                    ReplayedBlock block = blockWithText(anchor.getBlock());
                    require(
                            anchor.getStart() <= anchor.getEnd() && anchor.getEnd() <= block.text.size(),
                            "an anchor outside of its text");
                    block.places.put(anchor.getName(), new Place(anchor));
                }
            }
            case KIND_NOT_SET -> throw new BrokenLogException("an unknown effect");
        }
    }

    private static boolean erases(Entry entry, String block) {
        return entry.getEffectsList().stream()
                .anyMatch(effect ->
                        effect.hasErase() && effect.getErase().getBlock().equals(block));
    }

    private void merge(Entry entry, Effect.Retarget retarget, View audience) throws BrokenLogException {
        ReplayedBlock from = blockWithText(retarget.getBlock());
        ReplayedBlock into = blockWithText(retarget.getInto());
        require(from != into, "a block merged into itself");
        require(audience == from.audience && audience == into.audience, "a merge across audiences");
        require(
                retarget.getLength() == from.text.size() && retarget.getIntoLength() == into.text.size(),
                "a merge of texts of other lengths");
        boolean separated = !from.text.isEmpty() && !into.text.isEmpty();
        require(retarget.getAt() == into.text.size() + (separated ? 1 : 0), "a merge to another place than the end");
        List<Letter> joined = new ArrayList<>(into.text);
        if (separated) {
            joined.add(new Letter('\n', entry.getAuthor()));
        }
        joined.addAll(from.text);
        into.text = joined;
        into.edited = entry.getRevision();
        joined.forEach(letter -> into.writers.add(letter.writer()));
        from.places.forEach((name, place) -> {
            place.start += retarget.getAt();
            place.end += retarget.getAt();
            into.places.put(name, place);
        });
        addOwner(into, from.author);
        from.owners.forEach(owner -> addOwner(into, owner));
        from.loseText(entry.getRevision());
        from.mergedInto = retarget.getInto();
    }

    private static void addOwner(ReplayedBlock block, Author owner) {
        if (!block.author.equals(owner) && !block.owners.contains(owner)) {
            block.owners.add(owner);
        }
    }

    private ReplayedBlock block(String id) throws BrokenLogException {
        ReplayedBlock block = blocks.get(id);
        if (block == null) {
            throw new BrokenLogException("no block " + id);
        }
        return block;
    }

    private ReplayedBlock blockWithText(String id) throws BrokenLogException {
        ReplayedBlock block = block(id);
        require(block.mergedInto.isEmpty(), "the text of " + id + " is in another block");
        require(!block.erased, "the text of " + id + " is gone");
        return block;
    }

    private static List<Letter> edited(List<Letter> text, TextEdit edit, Author editor) throws BrokenLogException {
        List<Letter> result = new ArrayList<>();
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
                List<Letter> inserted = letters(edit.getInserts(inserts++), editor);
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

    /** A point stays left of others' text and goes along with its run's own; a range takes in neither at its ends. */
    private static void move(Place place, TextEdit edit, boolean own) {
        if (place.start == place.end) {
            place.start = moved(place.start, edit, place.run && own);
            place.end = place.start;
        } else {
            place.start = moved(place.start, edit, true);
            place.end = Math.max(place.start, moved(place.end, edit, false));
            place.stale |= place.start == place.end;
        }
        if (place.run && own) {
            place.written += edit.getInsertsList().stream()
                    .mapToInt(text -> text.codePointCount(0, text.length()))
                    .sum();
        }
    }

    /** Where a place between two letters is after the edit: what is inserted at it pushes it, or not. */
    private static int moved(int place, TextEdit edit, boolean pushed) {
        int shift = 0;
        int old = 0;
        int inserts = 0;
        for (int span : edit.getSpansList()) {
            if (span > 0) {
                old += span;
            } else if (span < 0) {
                shift -= Math.max(0, Math.min(place, old - span) - old);
                old -= span;
            } else {
                String text = edit.getInserts(inserts++);
                if (old < place || (old == place && pushed)) {
                    shift += text.codePointCount(0, text.length());
                }
            }
        }
        return place + shift;
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
        Entry.Builder seen = entry.toBuilder().clearCommand().clearEffects().clearOrigin();
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
        boolean staff = view == View.STAFF;
        return "{\"id\":" + quoted(id)
                + ",\"kind\":\"" + block.kind
                + "\",\"audience\":\"" + block.audience
                + "\",\"author\":" + json(block.author)
                + ",\"owners\":" + json(block.owners)
                + ",\"revision\":" + block.revision
                + ",\"edited\":" + block.edited
                + ",\"timeMillis\":" + block.timeMillis
                + ",\"composedAtMillis\":" + block.composedAtMillis
                + ",\"text\":" + quoted(string(block.text))
                + ",\"attributes\":" + json(block.attributes, view)
                + ",\"rank\":" + quoted(block.rank)
                + ",\"mergedInto\":" + quoted(block.mergedInto)
                + ",\"erased\":" + block.erased
                + ",\"anchors\":" + (staff ? json(block.places) : "[]")
                + ",\"authors\":" + (staff ? json(block.writers) : "[]")
                + ",\"authorship\":" + (staff ? authorship(block) : "[]") + "}";
    }

    private static String json(Collection<Author> authors) {
        return authors.stream().map(Replay::json).collect(Collectors.joining(",", "[", "]"));
    }

    private static String json(Author author) {
        Role role = author.getRole() == Role.ROLE_UNSPECIFIED ? Role.SERVICE : author.getRole();
        return "{\"subject\":" + quoted(author.getSubject())
                + ",\"role\":\"" + role
                + "\",\"name\":" + quoted(author.getName()) + "}";
    }

    private static String json(Map<String, Place> places) {
        return places.entrySet().stream()
                .map(entry -> "{\"name\":" + quoted(entry.getKey())
                        + ",\"start\":" + entry.getValue().start
                        + ",\"end\":" + entry.getValue().end
                        + ",\"run\":" + entry.getValue().run
                        + ",\"stale\":" + entry.getValue().stale
                        + ",\"written\":" + entry.getValue().written + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** The lengths of the stretches that one author wrote, each with the author's place among the writers. */
    private static String authorship(ReplayedBlock block) {
        List<Author> writers = List.copyOf(block.writers);
        List<String> numbers = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= block.text.size(); i++) {
            Author writer = block.text.get(from).writer();
            if (i == block.text.size() || !block.text.get(i).writer().equals(writer)) {
                numbers.add((i - from) + "," + writers.indexOf(writer));
                from = i;
            }
        }
        return numbers.stream().collect(Collectors.joining(",", "[", "]"));
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

    private static List<Letter> letters(String text, Author writer) {
        return text.codePoints()
                .mapToObj(codePoint -> new Letter(codePoint, writer))
                .toList();
    }

    private static String string(List<Letter> text) {
        StringBuilder string = new StringBuilder();
        text.forEach(letter -> string.appendCodePoint(letter.codePoint()));
        return string.toString();
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

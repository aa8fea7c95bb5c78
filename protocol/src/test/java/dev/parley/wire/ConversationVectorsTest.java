package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.Transform;
import dev.parley.conversation.View;
import dev.parley.fixture.Json;
import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.VectorFile;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Makes what the JavaScript model of a conversation is compared with. */
class ConversationVectorsTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author VIC = new Author("vic", Role.VISITOR, "访客 \"V\"");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "");

    private final List<String> lines = new ArrayList<>();

    @Test
    void theCommittedCasesAreWhatThisCodeGives() {
        crossings();
        // The algorithm of Random is specified, so every JDK makes the same cases.
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            randomCrossing("random " + i, random);
        }
        states();
        for (int i = 0; i < 4; i++) {
            state("a random log " + i, randomLog(random));
        }
        broken();

        VectorFile.committed("conversation.json").holds(lines);
    }

    private void crossings() {
        cross(
                "an edit past an edit",
                List.of(edit("b", 5, TextEdit.insert(5, "!"))),
                List.of(edit("b", 5, TextEdit.delete(0, 1))));
        cross(
                "edits of two blocks",
                List.of(edit("b", 5, TextEdit.insert(5, "!"))),
                List.of(edit("c", 5, TextEdit.delete(0, 1))));
        cross(
                "several operations are crossed pairwise",
                List.of(edit("b", 2, TextEdit.delete(0, 2)), edit("b", 0, TextEdit.insert(0, "Q"))),
                List.of(edit("b", 2, TextEdit.insert(2, "Z"))));
        cross(
                "several effects of the entry are crossed pairwise",
                List.of(edit("b", 2, TextEdit.insert(2, "Z"))),
                List.of(edit("b", 2, TextEdit.delete(0, 2)), edit("b", 0, TextEdit.insert(0, "Q"))));
        for (Role incoming : Role.values()) {
            for (Role history : Role.values()) {
                cross(
                        "a tie: " + incoming + " past " + history,
                        incoming,
                        List.of(edit("b", 3, TextEdit.insert(1, "in"))),
                        history,
                        List.of(edit("b", 3, TextEdit.insert(1, "history"))));
            }
        }
        cross(
                "an edit past the publication of its draft",
                List.of(edit("d", 2, TextEdit.insert(2, "!"))),
                List.of(reveal("d")));
        cross(
                "the last of several edits past the publication of its draft",
                List.of(edit("b", 2, TextEdit.insert(2, "!")), edit("d", 2, TextEdit.insert(2, "!"))),
                List.of(set("", "state", "open"), reveal("d")));
        cross(
                "everything else past a publication",
                List.of(edit("b", 2, TextEdit.insert(2, "!")), set("d", "recalled", "1"), message("box.1", "new")),
                List.of(reveal("d")));
        cross("a set past a set of the same key", List.of(set("b", "k", "mine")), List.of(set("b", "k", "theirs")));
        cross(
                "a set past a set of the same key of the conversation",
                List.of(set("", "k", "mine")),
                List.of(set("", "k", "theirs"), set("", "other", "theirs")));
        cross("a set past a set of another key", List.of(set("b", "k", "mine")), List.of(set("b", "l", "theirs")));
        cross("a set past a set of another target", List.of(set("b", "k", "mine")), List.of(set("c", "k", "theirs")));
        cross("a set that removes past a set", List.of(set("b", "k", "")), List.of(set("b", "k", "theirs")));
        cross("an advance past an advance", List.of(advance("read/ann", 4)), List.of(advance("read/ann", 7)));
        cross("a set past an advance", List.of(set("", "read/ann", "4")), List.of(advance("read/ann", 7)));
        cross("an advance past a set", List.of(advance("read/ann", 4)), List.of(set("", "read/ann", "7")));
        cross(
                "creates pass",
                List.of(message("box.1", "mine")),
                List.of(message("other.1", "theirs"), set("", "k", "v")));
        cross("nothing past something", List.of(), List.of(edit("b", 0, TextEdit.insert(0, "x"))));
        cross("something past nothing", List.of(edit("b", 0, TextEdit.insert(0, "x"))), List.of());
    }

    private void randomCrossing(String name, Random random) {
        RandomEdits edits = new RandomEdits(random);
        Map<String, Text> base = Map.of("a", edits.text(8), "b", edits.text(8));
        List<Role> roles = List.of(Role.values());
        cross(
                name,
                roles.get(random.nextInt(roles.size())),
                randomEffects(edits, base),
                roles.get(random.nextInt(roles.size())),
                randomEffects(edits, base));
    }

    private static List<Effect> randomEffects(RandomEdits edits, Map<String, Text> base) {
        Map<String, Text> texts = new TreeMap<>(base);
        List<Effect> effects = new ArrayList<>();
        int count = 1 + edits.random().nextInt(4);
        for (int i = 0; i < count; i++) {
            String block = edits.random().nextBoolean() ? "a" : "b";
            if (edits.random().nextInt(4) == 0) {
                effects.add(set(block, edits.random().nextBoolean() ? "k" : "l", "v" + i));
            } else {
                Text text = texts.getOrDefault(block, Text.EMPTY);
                TextEdit edit = edits.edit(text);
                effects.add(edit(block, text.length(), edit));
                texts.put(block, edit.apply(text));
            }
        }
        return effects;
    }

    private void states() {
        state(
                "a chat with a draft that is published",
                List.of(
                        entry(
                                1,
                                Author.GATEWAY,
                                forPublic(set("", "kind", "CHAT")),
                                forPublic(set("", "visitor", "vic")),
                                forPublic(set("", "state", "open"))),
                        entry(2, VIC, message("v.1", "Help 😀\n\"please\"\\")),
                        entry(3, ANN, draft("a.1", "Dear"), set("", "assignee", "ann")),
                        entry(4, BOT, edit("a.1", 4, TextEdit.insert(4, " visitor"))),
                        entry(5, ANN, set("a.1", "tone", "kind"), edit("a.1", 12, TextEdit.replace(0, 4, "Hello"))),
                        entry(6, ANN, advance("read/ann", 2).withAudience(View.PUBLIC)),
                        entry(
                                7,
                                ANN,
                                new Effect.Reveal(
                                        "a.1",
                                        "Hello visitor",
                                        attributes("tone", "kind", "reaction/vic", "+1"),
                                        View.PUBLIC)),
                        entry(8, ANN, forPublic(edit("a.1", 13, TextEdit.insert(13, "!")))),
                        entry(9, VIC, forPublic(set("v.1", "recalled", "1"))),
                        entry(10, VIC, forPublic(set("v.1", "recalled", "")), forPublic(advance("read/vic", 9)))));
        state(
                "attributes: set, replaced, removed, advanced",
                List.of(
                        entry(1, ANN, set("", "b", "1"), set("", "a", "2"), set("", "B", "3")),
                        entry(2, ANN, set("", "a", ""), set("", "never", ""), set("", "b", "4")),
                        entry(3, ANN, advance("n", 9), advance("n", 10)),
                        entry(4, ANN, advance("n", 9), advance("m", 0)),
                        entry(5, ANN, new Effect.Set("", "n", "123456789012345678901234567890", true, View.STAFF)),
                        entry(6, ANN, advance("n", Long.MAX_VALUE))));
        state(
                "keys are sorted by UTF-16 units",
                List.of(
                        entry(
                                1,
                                ANN,
                                set("", "\uFB01", "1"),
                                set("", "😀", "2"),
                                set("", "10", "3"),
                                set("", "9", "4")),
                        entry(
                                2,
                                ANN,
                                draft("box.10", ""),
                                draft("box.9", ""),
                                draft("Box.1", ""),
                                draft("\uFB01", ""),
                                draft("😀", ""))));
        state(
                "strings are escaped as JSON.stringify does",
                List.of(entry(
                        1, ANN, draft("a.1", "\u0000\u0007\b\t\n\u000B\f\r\u001F\"\\/\u007F\u2028\u2029\uFFFF😀é"))));
        state(
                "one entry creates, edits and sets one block",
                List.of(entry(
                        1,
                        VIC,
                        message("v.1", "ab"),
                        forPublic(edit("v.1", 2, TextEdit.delete(0, 2))),
                        forPublic(edit("v.1", 0, TextEdit.insert(0, "Q"))),
                        forPublic(set("v.1", "reaction/vic", "x")))));
        state(
                "what the gateway itself writes is by nobody, a service",
                List.of(
                        entry(1, Author.GATEWAY, message("g.1", "Welcome")),
                        entry(2, Author.GATEWAY, draft("g.2", "Dear")),
                        entry(3, Author.GATEWAY, new Effect.Reveal("g.2", "Dear", Attributes.NONE, View.PUBLIC))));
        List<Effect> kinds = new ArrayList<>();
        for (BlockKind kind : BlockKind.values()) {
            View audience = kind == BlockKind.MESSAGE || kind == BlockKind.SECTION ? View.PUBLIC : View.STAFF;
            kinds.add(new Effect.Create("k." + kind, kind, audience, "text", attributes("name", "n", "internal", "i")));
        }
        state("blocks of every kind", List.of(entry(1, ANN, kinds.toArray(Effect[]::new))));
    }

    private static List<Entry> randomLog(Random random) {
        RandomEdits edits = new RandomEdits(random);
        List<Author> authors = List.of(ANN, VIC, BOT);
        Map<String, Text> texts = new TreeMap<>();
        List<Entry> log = new ArrayList<>();
        for (int revision = 1; revision <= 12; revision++) {
            List<Effect> effects = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                effects.add(randomEffect(edits, texts, revision + "." + i));
            }
            log.add(entry(revision, authors.get(random.nextInt(3)), effects.toArray(Effect[]::new)));
        }
        return log;
    }

    private static Effect randomEffect(RandomEdits edits, Map<String, Text> texts, String newBlock) {
        List<String> blocks = new ArrayList<>(texts.keySet());
        int kind = blocks.isEmpty() ? 0 : edits.random().nextInt(6);
        if (kind == 0) {
            Text text = edits.text(12);
            texts.put(newBlock, text);
            return message(newBlock, text.toString());
        }
        String block = blocks.get(edits.random().nextInt(blocks.size()));
        if (kind == 1) {
            return forPublic(set(
                    edits.random().nextBoolean() ? block : "",
                    "reaction/" + edits.text(1),
                    edits.text(3).toString()));
        }
        Text before = texts.getOrDefault(block, Text.EMPTY);
        TextEdit edit = edits.edit(before);
        texts.put(block, edit.apply(before));
        return forPublic(edit(block, before.length(), edit));
    }

    private void broken() {
        broken("an edit of a block that is not there", entry(2, ANN, edit("b", 0, TextEdit.insert(0, "x"))));
        broken("a set on a block that is not there", entry(2, ANN, set("b", "k", "v")));
        broken("a publication of a block that is not there", entry(2, ANN, reveal("b")));
        broken("an edit past the end", entry(2, ANN, edit("a", 4, TextEdit.insert(5, "x"))));
    }

    private void cross(String name, List<Effect> submission, List<Effect> entry) {
        cross(name, Role.AGENT, submission, Role.VISITOR, entry);
    }

    private void cross(String name, Role author, List<Effect> submission, Role entryAuthor, List<Effect> entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("op", "cross");
        line.put("author", author.name());
        line.put("submission", readable(submission));
        line.put("entryAuthor", entryAuthor.name());
        line.put("entry", readable(entry));
        try {
            Transform.Crossed crossed = Transform.cross(submission, author, entry, entryAuthor);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("submission", readable(crossed.submission()));
            result.put("entry", readable(crossed.entry()));
            line.put("result", result);
        } catch (RejectedException e) {
            line.put("error", e.code().name());
        }
        lines.add(Json.of(line));
    }

    /** The same log through both views. */
    private void state(String name, List<Entry> log) {
        for (View view : View.values()) {
            ConversationState state = new ConversationState(view);
            List<Object> steps = new ArrayList<>();
            for (Entry entry : log) {
                Entry seen = entry.seenBy(view);
                if (!seen.effects().isEmpty()) {
                    state.apply(seen);
                    Map<String, Object> step = new LinkedHashMap<>();
                    step.put("entry", readable(seen));
                    step.put("state", CanonicalText.of(state));
                    steps.add(step);
                }
            }
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", name);
            line.put("op", "apply");
            line.put("view", view.name());
            line.put("steps", steps);
            lines.add(Json.of(line));
        }
    }

    private void broken(String name, Entry second) {
        Entry first = entry(1, VIC, message("a", "text"));
        ConversationState state = new ConversationState(View.STAFF);
        state.apply(first);
        assertThatThrownBy(() -> state.apply(second)).isInstanceOf(IllegalStateException.class);

        Map<String, Object> firstStep = new LinkedHashMap<>();
        firstStep.put("entry", readable(first));
        firstStep.put("state", CanonicalText.of(state));
        Map<String, Object> secondStep = new LinkedHashMap<>();
        secondStep.put("entry", readable(second));
        secondStep.put("error", true);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("name", name);
        line.put("op", "apply");
        line.put("view", "STAFF");
        line.put("steps", List.of(firstStep, secondStep));
        lines.add(Json.of(line));
    }

    private static Map<String, Object> readable(Entry entry) {
        return ReadableForm.withCompactEdits(EntryCodec.toWire(entry));
    }

    private static List<Object> readable(List<Effect> effects) {
        Entry entry = new Entry(0, Author.GATEWAY, 0, SubmissionId.NONE, "", effects, 0);
        return List.copyOf(EntryCodec.toWire(entry).getEffectsList().stream()
                .map(ReadableForm::withCompactEdits)
                .toList());
    }

    private static Entry entry(long revision, Author author, Effect... effects) {
        SubmissionId id = author.equals(Author.GATEWAY)
                ? SubmissionId.NONE
                : new SubmissionId(author.subject() + "-box", revision, 0x0102030405060700L + revision);
        boolean waited = revision % 3 == 0;
        return new Entry(
                revision,
                author,
                1_767_225_600_000L + revision,
                id,
                "",
                List.of(effects),
                waited ? 1_767_225_000_000L : 0);
    }

    private static Effect.Create message(String block, String text) {
        return new Effect.Create(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    private static Effect.Create draft(String block, String text) {
        return new Effect.Create(block, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE);
    }

    private static Effect.EditText edit(String block, int baseLength, TextEdit edit) {
        return new Effect.EditText(block, baseLength, edit, View.STAFF);
    }

    private static Effect.Set set(String target, String key, String value) {
        return new Effect.Set(target, key, value, false, View.STAFF);
    }

    private static Effect.Set advance(String key, long value) {
        return new Effect.Set("", key, Long.toString(value), true, View.STAFF);
    }

    private static Effect.Reveal reveal(String block) {
        return new Effect.Reveal(block, "published", Attributes.NONE, View.PUBLIC);
    }

    private static Effect forPublic(Effect effect) {
        return effect.withAudience(View.PUBLIC);
    }

    private static SortedMap<String, String> attributes(String... keysAndValues) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            attributes.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableSortedMap(attributes);
    }
}

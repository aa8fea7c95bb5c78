package dev.parley.wire;

import static dev.parley.conversation.Effects.advance;
import static dev.parley.conversation.Effects.attributes;
import static dev.parley.conversation.Effects.draft;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.erase;
import static dev.parley.conversation.Effects.forPublic;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.move;
import static dev.parley.conversation.Effects.place;
import static dev.parley.conversation.Effects.removal;
import static dev.parley.conversation.Effects.retarget;
import static dev.parley.conversation.Effects.reveal;
import static dev.parley.conversation.Effects.run;
import static dev.parley.conversation.Effects.set;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Origin;
import dev.parley.conversation.RandomLog;
import dev.parley.conversation.Rank;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.StateHash;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.fixture.Json;
import dev.parley.ot.TextEdit;
import dev.parley.wire.v1.Blocks;
import dev.parley.wire.v1.BlocksPage;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** States of a conversation after entries, snapshots and pages. */
final class StateVectors {
    /** Of how many blocks the hashes are. */
    private static final int LATEST = 3;

    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author VIC = new Author("vic", Role.VISITOR, "访客 \"V\"");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "");
    private static final Author ADA = new Author("ada", Role.ADMIN, "Ada");

    private final List<String> lines = new ArrayList<>();

    private StateVectors() {}

    static List<String> lines() {
        StateVectors vectors = new StateVectors();
        vectors.states();
        vectors.moves();
        vectors.merges();
        vectors.erasures();
        vectors.anchors();
        vectors.authors();
        Random random = new Random(1);
        for (int i = 0; i < 6; i++) {
            vectors.log("a random log " + i, RandomLog.of(16, random));
        }
        vectors.broken();
        for (View view : View.values()) {
            vectors.parts(view);
            vectors.changedBlocks(view);
        }
        return vectors.lines;
    }

    private void states() {
        log(
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
        log(
                "attributes: set, replaced, removed, advanced",
                List.of(
                        entry(1, ANN, set("", "b", "1"), set("", "a", "2"), set("", "B", "3")),
                        entry(2, ANN, set("", "a", ""), set("", "never", ""), set("", "b", "4")),
                        entry(3, ANN, advance("n", 9), advance("n", 10)),
                        entry(4, ANN, advance("n", 9), advance("m", 0)),
                        entry(5, ANN, new Effect.Set("", "n", "123456789012345678901234567890", true, View.STAFF)),
                        entry(6, ANN, advance("n", Long.MAX_VALUE))));
        log(
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
        log(
                "strings are escaped as JSON.stringify does",
                List.of(entry(
                        1, ANN, draft("a.1", "\u0000\u0007\b\t\n\u000B\f\r\u001F\"\\/\u007F\u2028\u2029\uFFFF😀é"))));
        log(
                "one entry creates, edits and sets one block",
                List.of(entry(
                        1,
                        VIC,
                        message("v.1", "ab"),
                        forPublic(edit("v.1", 2, TextEdit.delete(0, 2))),
                        forPublic(edit("v.1", 0, TextEdit.insert(0, "Q"))),
                        forPublic(set("v.1", "reaction/vic", "x")))));
        log(
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
        log("blocks of every kind", List.of(entry(1, ANN, kinds.toArray(Effect[]::new))));
    }

    private void moves() {
        log(
                "moved blocks",
                List.of(
                        entry(1, VIC, message("v.1", "one"), message("v.2", "two")),
                        entry(2, ANN, forPublic(move("v.1", Rank.between(Rank.ofRevision(1), "")))),
                        entry(3, ANN, forPublic(move("v.1", "V")), forPublic(edit("v.1", 3, TextEdit.delete(0, 1)))),
                        entry(4, ANN, draft("a.1", "draft"), move("a.1", "k")),
                        entry(5, ANN, reveal("a.1", "draft"))));
    }

    private void merges() {
        log(
                "merged messages",
                List.of(
                        entry(1, VIC, message("v.1", "Help 😀")),
                        entry(2, ANN, message("a.1", "Yes?"), forPublic(set("a.1", "reaction/vic", "+1"))),
                        entry(3, VIC, message("v.2", "please"), forPublic(move("v.2", "V"))),
                        entry(4, ANN, forPublic(retarget("v.2", "v.1", 6, 7, 6))),
                        entry(5, VIC, forPublic(edit("v.1", 13, TextEdit.insert(13, "!")))),
                        entry(6, ANN, forPublic(retarget("v.1", "a.1", 4, 5, 14))),
                        entry(7, VIC, forPublic(set("v.1", "recalled", "1")))));
        log(
                "merges of empty texts have no line feed",
                List.of(
                        entry(1, VIC, message("v.1", ""), message("v.2", "two"), message("v.3", "")),
                        entry(2, ANN, forPublic(retarget("v.2", "v.1", 0, 0, 3))),
                        entry(3, ANN, forPublic(retarget("v.3", "v.1", 3, 3, 0)))));
        log(
                "a merge whose numbers a pending edit changed may join without a line feed",
                List.of(
                        entry(1, VIC, message("v.1", "one"), message("v.2", "two")),
                        entry(2, ANN, forPublic(retarget("v.2", "v.1", 3, 3, 3)))));
        log(
                "a merge of messages of several owners",
                List.of(
                        entry(1, VIC, message("v.1", "a")),
                        entry(2, ANN, message("a.1", "b")),
                        entry(3, BOT, message("b.1", "c")),
                        entry(4, Author.GATEWAY, message("g.1", "d")),
                        entry(5, VIC, message("v.2", "e")),
                        entry(6, ANN, forPublic(retarget("a.1", "v.1", 1, 2, 1))),
                        entry(7, ANN, forPublic(retarget("v.1", "b.1", 1, 2, 3))),
                        entry(8, ANN, forPublic(retarget("b.1", "g.1", 1, 2, 5))),
                        entry(9, ANN, forPublic(retarget("v.2", "g.1", 7, 8, 1)))));
        log(
                "merged drafts with their anchors",
                List.of(
                        entry(1, ANN, draft("a.1", "Dear")),
                        entry(2, BOT, draft("b.1", "Hi"), run("b.1", "run-1", 2)),
                        entry(3, ANN, place("b.1", "s.1", 0, 2), place("a.1", "s.2", 1, 3)),
                        entry(4, ANN, retarget("b.1", "a.1", 4, 5, 2)),
                        written(5, "run-1", edit("a.1", 7, TextEdit.insert(7, " there")))));
    }

    private void erasures() {
        log(
                "erased blocks",
                List.of(
                        entry(1, VIC, message("v.1", "secret"), message("v.2", "more")),
                        entry(2, ANN, forPublic(set("v.1", "reaction/ann", "+1")), forPublic(move("v.1", "V"))),
                        entry(3, ANN, place("v.1", "s.1", 0, 3)),
                        entry(4, ANN, forPublic(retarget("v.2", "v.1", 6, 7, 4))),
                        entry(5, ADA, forPublic(erase("v.1")), forPublic(erase("v.2"))),
                        entry(6, VIC, forPublic(set("v.1", "reaction/vic", "?"))),
                        entry(7, ANN, removal("v.1", "s.1"))));
    }

    private void anchors() {
        log(
                "a run writes while humans edit",
                List.of(
                        entry(1, ANN, draft("a.1", "Dear")),
                        entry(2, BOT, set("a.1", "fence", "1"), run("a.1", "run-1", 4)),
                        written(3, "run-1", edit("a.1", 4, TextEdit.insert(4, " all"))),
                        entry(4, ANN, edit("a.1", 8, TextEdit.insert(8, " [human]"))),
                        written(5, "run-1", edit("a.1", 16, TextEdit.insert(8, " of 😀"))),
                        entry(6, ANN, edit("a.1", 21, TextEdit.replace(0, 4, "Hello"))),
                        written(7, "run-0", edit("a.1", 22, TextEdit.insert(14, "?"))),
                        entry(8, ANN, edit("a.1", 23, TextEdit.delete(2, 20))),
                        written(9, "run-1", edit("a.1", 3, TextEdit.insert(2, "llo"))),
                        entry(10, ANN, set("a.1", "fence", "2"), removal("a.1", "run-1"), removal("a.1", "never"))));
        log(
                "the range of a suggestion",
                List.of(
                        entry(1, ANN, draft("a.1", "abcdef")),
                        entry(
                                2,
                                BOT,
                                new Effect.Create(
                                        "b.1", BlockKind.SUGGESTION, View.STAFF, "CD", attributes("target", "a.1")),
                                place("a.1", "b.1", 2, 4),
                                place("a.1", "empty", 2, 2)),
                        entry(3, ANN, edit("a.1", 6, TextEdit.insert(2, "[")), edit("a.1", 7, TextEdit.insert(5, "]"))),
                        entry(4, ANN, edit("a.1", 8, TextEdit.insert(4, "-"))),
                        entry(5, ANN, edit("a.1", 9, TextEdit.delete(3, 1))),
                        entry(6, ANN, edit("a.1", 8, TextEdit.delete(1, 6))),
                        entry(7, ANN, edit("a.1", 2, TextEdit.insert(1, "new"))),
                        entry(8, ANN, place("a.1", "b.1", 0, 5)),
                        entry(9, ANN, reveal("a.1", "anewf")),
                        entry(10, ANN, removal("a.1", "b.1"), set("b.1", "state", "dismissed"))));
        log(
                "a publication takes runs away and keeps ranges",
                List.of(
                        entry(1, ANN, draft("a.1", "abc"), run("a.1", "run-1", 3), place("a.1", "s.1", 1, 2)),
                        entry(2, ANN, reveal("a.1", "abc")),
                        entry(3, ANN, forPublic(edit("a.1", 3, TextEdit.delete(0, 2))))));
    }

    private void authors() {
        Author renamed = new Author("ann", Role.AGENT, "Ann B.");
        log(
                "who wrote which part",
                List.of(
                        entry(1, VIC, message("v.1", "")),
                        entry(2, ANN, forPublic(edit("v.1", 0, TextEdit.insert(0, "abc")))),
                        entry(3, BOT, forPublic(edit("v.1", 3, TextEdit.insert(1, "😀中")))),
                        entry(4, ANN, forPublic(edit("v.1", 5, TextEdit.insert(1, "x")))),
                        entry(5, renamed, forPublic(edit("v.1", 6, TextEdit.replace(3, 2, "yz")))),
                        entry(
                                6,
                                VIC,
                                forPublic(edit("v.1", 6, TextEdit.builder().build()))),
                        entry(7, ANN, forPublic(edit("v.1", 6, TextEdit.delete(0, 6))))));
    }

    private void broken() {
        broken("an edit of a block that is not there", entry(2, ANN, edit("b", 0, TextEdit.insert(0, "x"))));
        broken("a set on a block that is not there", entry(2, ANN, set("b", "k", "v")));
        broken("a publication of a block that is not there", entry(2, ANN, reveal("b", "published")));
        broken("an edit past the end", entry(2, ANN, edit("a", 4, TextEdit.insert(5, "x"))));
        broken("an edit of another length", entry(2, ANN, edit("a", 3, TextEdit.insert(0, "x"))));
        broken("a block that is created again", entry(2, ANN, message("a", "x")));
        broken("a move of a block that is not there", entry(2, ANN, move("b", "V")));
        broken("an erasure of a block that is not there", entry(2, ANN, erase("b")));
        broken("an anchor in a block that is not there", entry(2, ANN, place("b", "s.1", 0, 0)));
        broken("an anchor past the end", entry(2, ANN, place("a", "s.1", 0, 5)));
        broken("an anchor that ends before it starts", entry(2, ANN, place("a", "s.1", 3, 2)));
        broken("a merge of a block that is not there", entry(2, ANN, retarget("b", "a", 4, 4, 0)));
        broken("a merge into a block that is not there", entry(2, ANN, retarget("a", "b", 0, 0, 4)));
        broken("a merge of another length", entry(2, ANN, message("b", "x"), retarget("b", "a", 4, 5, 2)));
        broken("a merge into another length", entry(2, ANN, message("b", "x"), retarget("b", "a", 3, 4, 1)));
        broken(
                "a second merge",
                entry(2, ANN, message("b", "x"), retarget("b", "a", 4, 5, 1), retarget("b", "a", 6, 6, 0)));
        broken(
                "a merge into a block that was merged",
                entry(2, ANN, message("b", "x"), retarget("b", "a", 4, 5, 1), retarget("a", "b", 0, 0, 6)));
        broken(
                "an edit of a block that was merged",
                entry(2, ANN, message("b", "x"), retarget("b", "a", 4, 5, 1), edit("b", 0, TextEdit.insert(0, "x"))));
        broken("an edit of an erased block", entry(2, ANN, erase("a"), edit("a", 0, TextEdit.insert(0, "x"))));
        broken("an anchor in an erased block", entry(2, ANN, erase("a"), place("a", "s.1", 0, 0)));
        broken("a merge of an erased block", entry(2, ANN, message("b", "x"), erase("a"), retarget("a", "b", 1, 1, 0)));
    }

    /** A log of which a replica that came late has the latest blocks only. */
    private static List<Entry> longLog() {
        List<Entry> log = new ArrayList<>();
        for (int revision = 1; revision <= 6; revision++) {
            log.add(entry(revision, revision % 2 == 0 ? ANN : VIC, message("m." + revision, "text " + revision)));
        }
        log.add(entry(7, ANN, draft("a.1", "draft"), forPublic(set("m.1", "pinned", "V"))));
        log.add(entry(
                8,
                ANN,
                forPublic(new Effect.Create("a.2", BlockKind.TOPIC, View.PUBLIC, "topic", Attributes.NONE)),
                message("m.7", "text 7"),
                message("m.8", "text 8")));
        return log;
    }

    private void parts(View view) {
        ConversationState all = new ConversationState(View.STAFF);
        longLog().forEach(all::apply);
        Replay replay = new Replay(view);
        replay.snapshot(all, 4);
        List<Entry> later = List.of(
                entry(9, VIC, forPublic(edit("m.2", 6, TextEdit.insert(0, "unseen ")))),
                entry(10, VIC, forPublic(edit("m.8", 6, TextEdit.insert(0, "seen "))), forPublic(move("m.2", "V"))),
                entry(11, ANN, forPublic(retarget("m.3", "m.2", 13, 14, 6))),
                entry(12, ADA, forPublic(erase("m.4")), forPublic(set("m.4", "reaction/ann", "!"))),
                entry(13, ANN, forPublic(retarget("m.7", "m.8", 11, 12, 6))),
                entry(14, ANN, draft("a.3", "later"), place("m.2", "s.1", 0, 1)),
                entry(15, ANN, reveal("a.1", "draft")),
                entry(16, ANN, reveal("a.3", "later")));
        for (Entry entry : later) {
            all.apply(entry);
            replay.entry(entry);
        }
        replay.page(all, 2);
        replay.page(all, 9);
        replay.entry(entry(17, VIC, forPublic(edit("m.5", 6, TextEdit.delete(0, 5)))));
        lines.add(replay.line("a state of which only the latest blocks are known, and then its pages"));

        Replay half = new Replay(view);
        half.snapshot(all, 4);
        half.broken(entry(17, ANN, forPublic(retarget("m.5", "m.8", 18, 19, 6))));
        lines.add(half.line("a merge of which only one block is known"));
    }

    private void changedBlocks(View view) {
        ConversationState all = new ConversationState(View.STAFF);
        Replay replay = new Replay(view);
        for (Entry entry : longLog()) {
            all.apply(entry);
            if (entry.revision() <= 3) {
                replay.entry(entry);
            }
        }
        Entry later = entry(9, VIC, forPublic(edit("m.2", 6, TextEdit.insert(0, "changed "))));
        all.apply(later);
        replay.changes(all, 3);
        replay.entry(entry(10, VIC, forPublic(edit("m.2", 14, TextEdit.delete(0, 8)))));
        lines.add(replay.line("blocks that changed meanwhile"));
    }

    /** The same log through both views. */
    private void log(String name, List<Entry> log) {
        for (View view : View.values()) {
            Replay replay = new Replay(view);
            log.forEach(replay::entry);
            lines.add(replay.line(name));
        }
    }

    private void broken(String name, Entry second) {
        Replay replay = new Replay(View.STAFF);
        replay.entry(entry(1, VIC, message("a", "text")));
        replay.broken(second);
        lines.add(replay.line(name));
    }

    /** A state and the steps that led to it. */
    private static final class Replay {
        private final View view;
        private final ConversationState state;
        private final List<Object> steps = new ArrayList<>();

        Replay(View view) {
            this.view = view;
            this.state = new ConversationState(view);
        }

        /** Unless it is hidden. */
        void entry(Entry entry) {
            Entry seen = entry.seenBy(view);
            if (!seen.effects().isEmpty()) {
                state.apply(seen);
                step("entry", readable(seen));
            }
        }

        void broken(Entry entry) {
            assertThatThrownBy(() -> state.apply(entry.seenBy(view))).isInstanceOf(IllegalStateException.class);
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("entry", readable(entry.seenBy(view)));
            step.put("error", true);
            steps.add(step);
        }

        void snapshot(ConversationState all, int count) {
            ConversationState.Snapshot snapshot = all.snapshot(count, view);
            state.replace(all.revision(), snapshot.blocks(), all.attributesFor(view), snapshot.olderThan());
            blocks(0, all, snapshot.blocks(), snapshot.olderThan());
        }

        void changes(ConversationState all, long since) {
            List<Block> changed = all.changedSince(since, view);
            state.replace(all.revision(), changed, all.attributesFor(view), 0);
            blocks(since, all, changed, 0);
        }

        private void blocks(long since, ConversationState all, List<Block> blocks, long olderThan) {
            Blocks.Builder wire = Blocks.newBuilder().setSince(since).setOlderThan(olderThan);
            wire.getPositionBuilder().setRevision(all.revision());
            blocks.forEach(block -> wire.addBlocks(BlockCodec.encode(block)));
            wire.addAllAttributes(AttributesCodec.encode(all.attributesFor(view)));
            step("blocks", ReadableForm.withCompactEdits(wire.build()));
        }

        void page(ConversationState all, int count) {
            long before = state.olderThan();
            List<Block> blocks = all.page(count, before, view);
            long first = blocks.get(0).revision();
            long olderThan = all.latest(1, first, view).isEmpty() ? 0 : first;
            state.add(blocks, olderThan);
            BlocksPage.Builder wire = BlocksPage.newBuilder().setBefore(before).setOlderThan(olderThan);
            blocks.forEach(block -> wire.addBlocks(BlockCodec.encode(block)));
            step("page", ReadableForm.withCompactEdits(wire.build()));
        }

        private void step(String key, Map<String, Object> message) {
            Map<String, Object> step = new LinkedHashMap<>();
            step.put(key, message);
            step.put("state", CanonicalText.of(state));
            step.put("hash", HexFormat.of().toHexDigits(StateHash.of(state, view, LATEST)));
            steps.add(step);
        }

        String line(String name) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", name);
            line.put("op", "apply");
            line.put("view", view.name());
            line.put("latest", LATEST);
            line.put("steps", steps);
            return Json.of(line);
        }
    }

    private static Map<String, Object> readable(Entry entry) {
        return ReadableForm.withCompactEdits(EntryCodec.toWire(entry));
    }

    private static Entry entry(long revision, Author author, Effect... effects) {
        return entry(revision, author, Origin.HUMAN, effects);
    }

    /** By a run of the assistant. */
    private static Entry written(long revision, String run, Effect... effects) {
        return entry(revision, BOT, new Origin(Source.AI, "ann", run, "small-1"), effects);
    }

    private static Entry entry(long revision, Author author, Origin origin, Effect... effects) {
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
                waited ? 1_767_225_000_000L : 0,
                origin);
    }
}

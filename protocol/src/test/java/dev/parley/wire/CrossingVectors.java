package dev.parley.wire;

import static dev.parley.conversation.Effects.advance;
import static dev.parley.conversation.Effects.attributes;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.erase;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.move;
import static dev.parley.conversation.Effects.place;
import static dev.parley.conversation.Effects.removal;
import static dev.parley.conversation.Effects.retarget;
import static dev.parley.conversation.Effects.reveal;
import static dev.parley.conversation.Effects.run;
import static dev.parley.conversation.Effects.set;

import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RandomEffects;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.Transform;
import dev.parley.conversation.View;
import dev.parley.fixture.Json;
import dev.parley.fixture.RandomEdits;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Submissions moved past entries. */
final class CrossingVectors {
    private final List<String> lines = new ArrayList<>();

    private CrossingVectors() {}

    static List<String> lines() {
        CrossingVectors vectors = new CrossingVectors();
        vectors.editsAndSets();
        vectors.movesAndMerges();
        vectors.erasuresAndAnchors();
        // The algorithm of Random is specified, so every JDK makes the same cases.
        Random random = new Random(1);
        for (int i = 0; i < 250; i++) {
            vectors.randomCrossing("random " + i, random);
        }
        return vectors.lines;
    }

    private void editsAndSets() {
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
                List.of(reveal("d", "published")));
        cross(
                "the last of several edits past the publication of its draft",
                List.of(edit("b", 2, TextEdit.insert(2, "!")), edit("d", 2, TextEdit.insert(2, "!"))),
                List.of(set("", "state", "open"), reveal("d", "published")));
        cross(
                "everything else past a publication",
                List.of(edit("b", 2, TextEdit.insert(2, "!")), set("d", "recalled", "1"), message("box.1", "new")),
                List.of(reveal("d", "published")));
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

    private void movesAndMerges() {
        cross("a move past a move", List.of(move("b", "V")), List.of(move("b", "F")));
        cross("a move past a move of another block", List.of(move("b", "V")), List.of(move("c", "F")));
        cross(
                "a move past everything else",
                List.of(move("b", "V")),
                List.of(
                        edit("b", 5, TextEdit.delete(0, 1)),
                        set("b", "k", "v"),
                        place("b", "s.1", 0, 0),
                        retarget("b", "c", 3, 4, 4),
                        erase("b")));
        cross(
                "a move, a set, a create and an anchor elsewhere past a merge",
                List.of(move("b", "V"), set("b", "k", "v"), message("box.1", "new"), place("a", "s.1", 0, 1)),
                List.of(retarget("b", "c", 3, 4, 5)));
        cross(
                "an edit follows its block into another",
                List.of(edit("b", 5, TextEdit.insert(5, "!"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit follows its block into another that was empty",
                List.of(edit("b", 5, TextEdit.replace(0, 2, "QQ"))),
                List.of(retarget("b", "a", 0, 0, 5)));
        cross(
                "an edit of an empty block follows it",
                List.of(edit("b", 0, TextEdit.insert(0, "!"))),
                List.of(retarget("b", "a", 3, 3, 0)));
        cross(
                "an edit that does nothing follows its block",
                List.of(edit("b", 5, TextEdit.builder().build())),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit of the block that takes another in",
                List.of(edit("a", 3, TextEdit.delete(1, 2))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "what is pending at the end of the block that takes another in stays before it",
                List.of(edit("a", 3, TextEdit.insert(3, "!"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "pending edits of both blocks of a merge, the one that goes first",
                List.of(edit("b", 5, TextEdit.insert(0, "Q")), edit("a", 3, TextEdit.insert(3, "Z"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "pending edits of both blocks of a merge, the one that stays first",
                List.of(edit("a", 3, TextEdit.insert(3, "Z")), edit("b", 5, TextEdit.insert(0, "Q"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "pending edits that fill two empty blocks which are merged",
                List.of(
                        edit("b", 0, TextEdit.insert(0, "Q")),
                        edit("a", 0, TextEdit.insert(0, "Z")),
                        edit("b", 1, TextEdit.insert(1, "R"))),
                List.of(retarget("b", "a", 0, 0, 0)));
        cross(
                "pending edits that empty two blocks which are merged",
                List.of(edit("a", 3, TextEdit.delete(0, 3)), edit("b", 5, TextEdit.delete(0, 5))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit past an edit, the merge and an edit of the merged text",
                List.of(edit("b", 5, TextEdit.insert(2, "mine"))),
                List.of(
                        edit("b", 5, TextEdit.insert(2, "theirs")),
                        retarget("b", "a", 3, 4, 11),
                        edit("a", 15, TextEdit.insert(6, "later"))));
        cross(
                "an edit follows its block twice",
                List.of(edit("b", 5, TextEdit.insert(5, "!"))),
                List.of(retarget("b", "a", 3, 4, 5), retarget("a", "c", 2, 3, 9)));
        cross(
                "an edit of another length than the block that is merged",
                List.of(edit("b", 4, TextEdit.insert(4, "!"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit of another length than the block that takes it in",
                List.of(edit("a", 4, TextEdit.insert(4, "!"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit that reaches past the end of the block that is merged",
                List.of(edit("b", 5, TextEdit.insert(6, "!"))),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit past a merge of two other blocks",
                List.of(edit("c", 5, TextEdit.insert(5, "!")), place("c", "s.1", 0, 5)),
                List.of(retarget("b", "a", 3, 4, 5)));
        for (Role history : Role.values()) {
            cross(
                    "a tie in a block that was merged: an agent past " + history,
                    Role.AGENT,
                    List.of(edit("b", 5, TextEdit.insert(0, "in"))),
                    history,
                    List.of(retarget("b", "a", 3, 4, 5), edit("a", 9, TextEdit.insert(4, "history"))));
        }
    }

    private void erasuresAndAnchors() {
        cross(
                "an edit of a block that was erased",
                List.of(edit("b", 5, TextEdit.insert(5, "!"))),
                List.of(erase("b")));
        cross("an anchor in a block that was erased", List.of(place("b", "s.1", 0, 0)), List.of(erase("b")));
        cross(
                "everything else past the erasure of a block",
                List.of(move("b", "V"), set("b", "k", "v"), edit("a", 3, TextEdit.insert(3, "!"))),
                List.of(erase("b")));
        cross(
                "a range past edits inside, around and at its ends",
                List.of(place("b", "s.1", 2, 4)),
                List.of(
                        edit("b", 6, TextEdit.insert(2, "before")),
                        edit("b", 12, TextEdit.insert(10, "behind")),
                        edit("b", 18, TextEdit.insert(9, "inside")),
                        edit("b", 24, TextEdit.delete(0, 1)),
                        edit("b", 23, TextEdit.delete(13, 3))));
        cross(
                "a range past an edit that deletes all of it",
                List.of(place("b", "s.1", 2, 4)),
                List.of(edit("b", 6, TextEdit.replace(1, 4, "new"))));
        cross(
                "an empty range stays left of what is inserted there",
                List.of(place("b", "s.1", 2, 2)),
                List.of(edit("b", 6, TextEdit.insert(2, "!"))));
        cross(
                "a range follows its block into another",
                List.of(place("b", "s.1", 2, 4)),
                List.of(retarget("b", "a", 3, 4, 5), edit("a", 9, TextEdit.insert(0, "Q"))));
        cross(
                "a range in the block that takes another in",
                List.of(place("a", "s.1", 0, 3)),
                List.of(retarget("b", "a", 3, 4, 5)));
        cross(
                "an edit past anchors",
                List.of(edit("b", 6, TextEdit.insert(2, "!"))),
                List.of(place("b", "s.1", 2, 4), run("b", "run-1", 2), removal("b", "run-0")));
        cross(
                "a suggestion past an edit of its target",
                List.of(
                        new Effect.Create("box.1", BlockKind.SUGGESTION, View.STAFF, "Dear", attributes("target", "b")),
                        place("b", "box.1", 0, 2)),
                List.of(edit("b", 6, TextEdit.insert(1, "!"))));
        cross(
                "a suggestion past the publication of its target",
                List.of(place("b", "box.1", 0, 2)),
                List.of(reveal("b", "published")));
    }

    private void randomCrossing(String name, Random random) {
        RandomEdits edits = new RandomEdits(random);
        Map<String, Text> base = Map.of("a", edits.text(8), "b", edits.text(8), "c", edits.text(3));
        List<Role> roles = List.of(Role.values());
        cross(
                name,
                roles.get(random.nextInt(roles.size())),
                new RandomEffects(edits, base).submission("mine", 4),
                roles.get(random.nextInt(roles.size())),
                new RandomEffects(edits, base).entry("theirs", 4));
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

    private static List<Object> readable(List<Effect> effects) {
        Entry entry = new Entry(0, Author.GATEWAY, 0, SubmissionId.NONE, "", effects, 0);
        return List.copyOf(EntryCodec.toWire(entry).getEffectsList().stream()
                .map(ReadableForm::withCompactEdits)
                .toList());
    }
}

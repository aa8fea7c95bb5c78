package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Replica;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.ot.Component;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Who put in and who selected to delete which character. Every character it hands out is another code point, so that a text
 * names its characters: a block must end with exactly those that accepted submissions put into it, or into what was merged
 * into it, without those that any of them selected to delete. On the test's thread.
 */
final class TypedCharacters {
    private static final int SEPARATOR = '\n';
    private static final int[][] RANGES = {{0x3400, 0x9FFF}, {0x20000, 0x2A6DF}, {0xF0000, 0xFFFFD}};

    private final Map<SubmissionId, List<Stroke>> strokes = new HashMap<>();
    private final Map<SubmissionId, Set<Class<?>>> lost = new HashMap<>();
    private int range;
    private int next = RANGES[0][0];

    /** What one operation did to one block. */
    private record Stroke(
            Class<? extends Operation> operation, String block, Set<Integer> inserted, Set<Integer> deleted) {}

    String fresh(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            if (next > RANGES[range][1]) {
                next = RANGES[++range][0];
            }
            text.appendCodePoint(next++);
        }
        return text.toString();
    }

    void created(SubmissionId id, String block, String text) {
        note(id, new Stroke(Operation.CreateBlock.class, block, characters(text), Set.of()));
    }

    void appended(SubmissionId id, String block, String text) {
        note(id, new Stroke(Operation.AppendText.class, block, characters(text), Set.of()));
    }

    void edited(SubmissionId id, String block, Text before, TextEdit edit) {
        note(id, stroke(Operation.EditText.class, block, before, edit));
    }

    private void note(SubmissionId id, Stroke stroke) {
        strokes.computeIfAbsent(id, first -> new ArrayList<>()).add(stroke);
    }

    private static Stroke stroke(Class<? extends Operation> operation, String block, Text before, TextEdit edit) {
        Set<Integer> inserted = new HashSet<>();
        Set<Integer> deleted = new HashSet<>();
        int at = 0;
        for (Component component : edit.components()) {
            switch (component.kind()) {
                case INSERT ->
                    inserted.addAll(
                            characters(((Component.Insert) component).text().toString()));
                case DELETE -> {
                    deleted.addAll(
                            characters(before.slice(at, at + component.length()).toString()));
                    at += component.length();
                }
                case RETAIN -> at += component.length();
            }
        }
        return new Stroke(operation, block, inserted, deleted);
    }

    private static Set<Integer> characters(String text) {
        Set<Integer> characters = new TreeSet<>();
        text.codePoints().filter(character -> character != SEPARATOR).forEach(characters::add);
        return characters;
    }

    /** Operations that a client told its user about as not sent; the rest of their submission may have been accepted. */
    void unsent(Collection<Replica.Unsent> all) {
        for (Replica.Unsent unsent : all) {
            for (Operation operation : unsent.operations()) {
                lost.computeIfAbsent(unsent.id(), first -> new HashSet<>()).add(operation.getClass());
            }
        }
    }

    /** Everything that was typed was accepted or its author knows that it was not. */
    void requireAnswered(Set<SubmissionId> accepted, Set<SubmissionId> rejected) {
        for (SubmissionId id : strokes.keySet()) {
            assertThat(accepted.contains(id) != rejected.contains(id))
                    .as("accepted or rejected, one of the two: " + id)
                    .isTrue();
        }
    }

    /** {@code log} led to {@code state}. */
    void requireKept(List<Entry> log, ConversationState state) {
        Map<String, Set<Integer>> expected = new HashMap<>();
        Map<String, Set<Integer>> deleted = new HashMap<>();
        for (Stroke stroke : accepted(log)) {
            String block = whereItsTextIs(stroke.block(), state);
            expected.computeIfAbsent(block, first -> new TreeSet<>()).addAll(stroke.inserted());
            deleted.computeIfAbsent(block, first -> new HashSet<>()).addAll(stroke.deleted());
        }
        deleted.forEach(
                (block, gone) -> expected.getOrDefault(block, new TreeSet<>()).removeAll(gone));
        for (Block block : state.blocks()) {
            List<Integer> present = block.text()
                    .toString()
                    .codePoints()
                    .filter(character -> character != SEPARATOR)
                    .boxed()
                    .toList();
            assertThat(new HashSet<>(present)).as("doubled in " + block.id()).hasSameSizeAs(present);
            assertThat(new TreeSet<>(present))
                    .as("characters of " + block.id())
                    .isEqualTo(
                            block.isMerged() || block.erased()
                                    ? Set.of()
                                    : expected.getOrDefault(block.id(), Set.of()));
        }
    }

    /** Nothing that was put into a block which was redacted later is in its entries. */
    static void requireErased(List<Entry> log, ConversationState state) {
        for (Entry entry : log) {
            for (Effect effect : entry.effects()) {
                Block block = state.block(effect.target());
                assertThat(block != null && block.erased() && hasTyped(effect.toString()))
                        .as("text left in " + effect)
                        .isFalse();
            }
        }
    }

    private static boolean hasTyped(String text) {
        return text.codePoints().anyMatch(character -> Stream.of(RANGES)
                .anyMatch(range -> range[0] <= character && character <= range[1]));
    }

    private static String whereItsTextIs(String id, ConversationState state) {
        Block block = state.block(id);
        while (block != null && block.isMerged()) {
            block = state.block(block.mergedInto());
        }
        return block == null ? id : block.id();
    }

    private List<Stroke> accepted(List<Entry> log) {
        List<Stroke> accepted = new ArrayList<>();
        ConversationState before = new ConversationState(View.STAFF);
        for (Entry entry : log) {
            Set<Class<?>> gone = lost.getOrDefault(entry.submission(), Set.of());
            strokes.getOrDefault(entry.submission(), List.of()).stream()
                    .filter(stroke -> !gone.contains(stroke.operation()))
                    .forEach(accepted::add);
            if (entry.command().equals("AcceptSuggestion")) {
                entry.effects().stream()
                        .filter(Effect.EditText.class::isInstance)
                        .map(effect -> suggested((Effect.EditText) effect, before))
                        .forEach(accepted::add);
            }
            before.apply(entry);
        }
        return accepted;
    }

    /** Its text is that of the suggestion, and of what it replaces its author saw what the gateway saw. */
    private static Stroke suggested(Effect.EditText edit, ConversationState before) {
        Block block = before.block(edit.block());
        return stroke(
                Operation.AcceptSuggestion.class, edit.block(), block == null ? Text.EMPTY : block.text(), edit.edit());
    }
}

package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

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
 * names its characters; a block must end with exactly those that accepted submissions put into it, or into what was merged
 * into it, without those that any of them selected to delete. On the test's thread; the farms of other modules use it too.
 */
public final class CharacterLedger {
    /** Half of them inside the BMP and half outside, none a surrogate. */
    private static final int[][] RANGES = {{0x3400, 0x9FFF}, {0xE000, 0xF8FF}, {0x20000, 0x2A6DF}, {0xF0000, 0xFFFFD}};

    private static final int SEPARATOR = '\n';

    private final Map<Integer, Integer> used = new HashMap<>();
    private final Map<SubmissionId, List<Stroke>> strokes = new HashMap<>();
    private final Map<SubmissionId, List<Operation>> lost = new HashMap<>();

    /** What one operation did to one block. */
    private record Stroke(Class<?> operation, String block, Set<Integer> inserted, Set<Integer> deleted) {}

    /** New characters, all from one range. */
    String take(int range, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int codePoint = RANGES[range][0] + used.merge(range, 1, Integer::sum) - 1;
            if (codePoint > RANGES[range][1]) {
                throw new IllegalStateException("no more characters in range " + range);
            }
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    /** New characters, from the first range that has some. */
    public String fresh(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(take(firstWithRoom(), 1));
        }
        return text.toString();
    }

    private int firstWithRoom() {
        int range = 0;
        while (RANGES[range][0] + used.getOrDefault(range, 0) > RANGES[range][1]) {
            range++;
        }
        return range;
    }

    static int ranges() {
        return RANGES.length;
    }

    public void created(SubmissionId id, String block, String text) {
        note(id, new Stroke(Operation.CreateBlock.class, block, characters(text), Set.of()));
    }

    public void appended(SubmissionId id, String block, String text) {
        note(id, new Stroke(Operation.AppendText.class, block, characters(text), Set.of()));
    }

    public void edited(SubmissionId id, String block, Text before, TextEdit edit) {
        note(id, stroke(Operation.EditText.class, block, before, edit));
    }

    private void note(SubmissionId id, Stroke stroke) {
        strokes.computeIfAbsent(id, first -> new ArrayList<>()).add(stroke);
    }

    private static Stroke stroke(Class<?> operation, String block, Text before, TextEdit edit) {
        Set<Integer> inserted = new HashSet<>();
        Set<Integer> deleted = new HashSet<>();
        int at = 0;
        for (Component component : edit.components()) {
            int length = component.length();
            switch (component.kind()) {
                case INSERT ->
                    inserted.addAll(
                            characters(((Component.Insert) component).text().toString()));
                case DELETE -> {
                    deleted.addAll(characters(before.slice(at, at + length).toString()));
                    at += length;
                }
                case RETAIN -> at += length;
            }
        }
        return new Stroke(operation, block, inserted, deleted);
    }

    /** Operations of which their author was told that they are not in the conversation; once for each replica. */
    public void unsent(Collection<Replica.Unsent> all) {
        for (Replica.Unsent unsent : all) {
            lost.computeIfAbsent(unsent.id(), first -> new ArrayList<>()).addAll(unsent.operations());
        }
    }

    /** Everything that was typed was accepted or its author knows that it was not. */
    public void requireAnswered(Set<SubmissionId> accepted, Set<SubmissionId> rejected) {
        for (SubmissionId id : strokes.keySet()) {
            assertThat(accepted.contains(id) != rejected.contains(id))
                    .as("accepted or rejected, one of the two: %s", id)
                    .isTrue();
        }
    }

    /** {@code log} led to {@code state}. */
    public void requireKept(List<Entry> log, ConversationState state) {
        Map<String, Set<Integer>> expected = new HashMap<>();
        List<Stroke> accepted = accepted(log, state);
        for (Stroke stroke : accepted) {
            expected.computeIfAbsent(home(stroke.block(), state), first -> new TreeSet<>())
                    .addAll(stroke.inserted());
        }
        for (Stroke stroke : accepted) {
            expected.getOrDefault(home(stroke.block(), state), new TreeSet<>()).removeAll(stroke.deleted());
        }
        for (Block block : state.blocks()) {
            List<Integer> present = block.text()
                    .toString()
                    .codePoints()
                    .filter(character -> character != SEPARATOR)
                    .boxed()
                    .toList();
            boolean gone = block.isMerged() || block.erased();
            assertThat(new HashSet<>(present))
                    .as("characters of %s, none twice", block.id())
                    .hasSameSizeAs(present);
            assertThat(new TreeSet<>(present))
                    .as("characters of %s", block.id())
                    .isEqualTo(gone ? Set.of() : expected.getOrDefault(block.id(), Set.of()));
        }
    }

    /** Nothing that was put into a block which was redacted later is in its entries. */
    public static void requireErased(List<Entry> log, ConversationState state) {
        for (Entry entry : log) {
            for (Effect effect : entry.effects()) {
                Block block = state.block(effect.target());
                assertThat(block != null && block.erased() && hasTyped(effect.toString()))
                        .as("text left in %s", effect)
                        .isFalse();
            }
        }
    }

    private static boolean hasTyped(String text) {
        return text.codePoints().anyMatch(character -> Stream.of(RANGES)
                .anyMatch(range -> range[0] <= character && character <= range[1]));
    }

    private static String home(String id, ConversationState state) {
        Block holder = state.holder(id);
        return holder == null ? id : holder.id();
    }

    private List<Stroke> accepted(List<Entry> log, ConversationState state) {
        List<Stroke> accepted = new ArrayList<>();
        ConversationState before = new ConversationState(View.STAFF);
        for (Entry entry : log) {
            accepted.addAll(kept(entry.submission(), state));
            for (Effect effect : entry.effects()) {
                if (entry.command().equals("AcceptSuggestion") && effect instanceof Effect.EditText edit) {
                    Block block = before.block(edit.block());
                    Text text = block == null ? Text.EMPTY : block.text();
                    accepted.add(stroke(Operation.AcceptSuggestion.class, edit.block(), text, edit.edit()));
                }
            }
            before.apply(entry);
        }
        return accepted;
    }

    /** Without those that are lost. Where blocks were merged meanwhile, what is lost is told of the one that is left. */
    private List<Stroke> kept(SubmissionId id, ConversationState state) {
        List<Stroke> kept = new ArrayList<>(strokes.getOrDefault(id, List.of()));
        for (Operation operation : lost.getOrDefault(id, List.of())) {
            String block = block(operation);
            List<Stroke> candidates = kept.stream()
                    .filter(stroke -> stroke.operation() == operation.getClass()
                            && home(stroke.block(), state).equals(home(block, state)))
                    .toList();
            candidates.stream()
                    .filter(stroke -> stroke.block().equals(block))
                    .findFirst()
                    .or(() -> candidates.stream().findFirst())
                    .ifPresent(kept::remove);
        }
        return kept;
    }

    private static String block(Operation operation) {
        if (operation instanceof Operation.EditText edit) {
            return edit.block();
        } else if (operation instanceof Operation.CreateBlock create) {
            return create.block();
        }
        return operation instanceof Operation.Command command ? command.block() : "";
    }

    private static Set<Integer> characters(String text) {
        Set<Integer> characters = new TreeSet<>();
        text.codePoints().filter(character -> character != SEPARATOR).forEach(characters::add);
        return characters;
    }
}

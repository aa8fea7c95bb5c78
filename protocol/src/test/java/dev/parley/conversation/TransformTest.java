package dev.parley.conversation;

import static dev.parley.conversation.Effects.advance;
import static dev.parley.conversation.Effects.draft;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.reveal;
import static dev.parley.conversation.Effects.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Side;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SeedResolver.class)
class TransformTest {
    private static final List<Role> ROLES = List.of(Role.values());

    private static Transform.Crossed cross(List<Effect> submission, List<Effect> entry) throws RejectedException {
        return Transform.cross(submission, Role.AGENT, entry, Role.AGENT);
    }

    private static void assertRejected(RejectCode code, List<Effect> submission, List<Effect> entry) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> cross(submission, entry))
                .satisfies(rejected -> assertThat(rejected.code()).isEqualTo(code));
    }

    @Nested
    class EditsOfOneBlock {
        @Test
        void moveTheTextAndTheLengthItWasMadeOn() throws RejectedException {
            Transform.Crossed crossed =
                    cross(List.of(edit("b", 5, TextEdit.insert(5, "!"))), List.of(edit("b", 5, TextEdit.delete(0, 1))));

            assertThat(crossed.submission()).containsExactly(edit("b", 4, TextEdit.insert(4, "!")));
            assertThat(crossed.entry()).containsExactly(edit("b", 6, TextEdit.delete(0, 1)));
        }

        @Test
        void theIncomingOneStandsLeftOfHistory() throws RejectedException {
            Transform.Crossed crossed = cross(
                    List.of(edit("b", 0, TextEdit.insert(0, "incoming"))),
                    List.of(edit("b", 0, TextEdit.insert(0, "history"))));

            assertThat(crossed.submission()).containsExactly(edit("b", 7, TextEdit.insert(0, "incoming")));
            assertThat(crossed.entry()).containsExactly(edit("b", 8, TextEdit.insert(8, "history")));
        }

        @Test
        void keepTheirAudience() throws RejectedException {
            Effect.EditText publicEdit = edit("b", 1, TextEdit.insert(1, "x")).withAudience(View.PUBLIC);
            Transform.Crossed crossed = cross(List.of(publicEdit), List.of(edit("b", 1, TextEdit.insert(0, "y"))));

            assertThat(crossed.submission().get(0).audience()).isEqualTo(View.PUBLIC);
            assertThat(crossed.entry().get(0).audience()).isEqualTo(View.STAFF);
        }

        @Test
        void ofOtherBlocksPassUnchanged() throws RejectedException {
            List<Effect> mine = List.of(edit("b", 1, TextEdit.insert(0, "x")));
            List<Effect> theirs = List.of(edit("c", 1, TextEdit.insert(0, "y")));

            assertThat(cross(mine, theirs)).isEqualTo(new Transform.Crossed(mine, theirs));
        }
    }

    @Nested
    class TheSide {
        @ParameterizedTest
        @CsvSource({
            "AGENT, AGENT, LEFT",
            "VISITOR, AGENT, LEFT",
            "AGENT, VISITOR, LEFT",
            "AGENT, ASSISTANT, RIGHT",
            "VISITOR, ASSISTANT, RIGHT",
            "ADMIN, ASSISTANT, RIGHT",
            "SERVICE, ASSISTANT, RIGHT",
            "ASSISTANT, AGENT, LEFT",
            "ASSISTANT, VISITOR, LEFT",
            "ASSISTANT, ASSISTANT, LEFT"
        })
        void ofTheIncomingEditIsLeftUnlessOnlyHistoryIsTheAssistants(Role incoming, Role history, Side side) {
            assertThat(Transform.side(incoming, history)).isEqualTo(side);
        }

        @Test
        void keepsTheAssistantsTextLeftWhicheverCameFirst() throws RejectedException {
            List<Effect> human = List.of(edit("b", 0, TextEdit.insert(0, "human")));
            List<Effect> assistant = List.of(edit("b", 0, TextEdit.insert(0, "assistant")));

            Transform.Crossed assistantFirst = Transform.cross(human, Role.AGENT, assistant, Role.ASSISTANT);
            Transform.Crossed humanFirst = Transform.cross(assistant, Role.ASSISTANT, human, Role.AGENT);

            assertThat(assistantFirst.submission()).containsExactly(edit("b", 9, TextEdit.insert(9, "human")));
            assertThat(assistantFirst.entry()).containsExactly(edit("b", 5, TextEdit.insert(0, "assistant")));
            assertThat(humanFirst.submission()).containsExactly(edit("b", 5, TextEdit.insert(0, "assistant")));
            assertThat(humanFirst.entry()).containsExactly(edit("b", 9, TextEdit.insert(9, "human")));
        }
    }

    @Nested
    class SeveralEffects {
        /** Moving all of them past the untouched entry gives the gateway "QZ" and the client "ZQ". */
        @Test
        void areCrossedPairwise() throws RejectedException {
            List<Effect> entry = List.of(edit("b", 2, TextEdit.insert(2, "Z")));
            List<Effect> submission =
                    List.of(edit("b", 2, TextEdit.delete(0, 2)), edit("b", 0, TextEdit.insert(0, "Q")));

            Transform.Crossed crossed = cross(submission, entry);

            String gateway = applied("ab", entry, crossed.submission());
            String client = applied("ab", submission, crossed.entry());
            assertThat(gateway).isEqualTo(client).isEqualTo("QZ");
        }

        @Test
        void ofTheEntryAreCrossedPairwiseToo() throws RejectedException {
            List<Effect> entry = List.of(edit("b", 2, TextEdit.delete(0, 2)), edit("b", 0, TextEdit.insert(0, "Q")));
            List<Effect> submission = List.of(edit("b", 2, TextEdit.insert(2, "Z")));

            Transform.Crossed crossed = cross(submission, entry);

            assertThat(applied("ab", entry, crossed.submission()))
                    .isEqualTo(applied("ab", submission, crossed.entry()))
                    .isEqualTo("ZQ");
        }

        @Test
        void meetInOneStateWhateverTheyAre(Seed seed) throws RejectedException {
            RandomEdits edits = new RandomEdits(seed.random());
            for (int i = 0; i < 50_000; i++) {
                Map<String, Text> base = Map.of("a", edits.text(8), "b", edits.text(8));
                List<Effect> entry = edits(edits, base);
                List<Effect> submission = edits(edits, base);
                Role author = role(edits);
                Role entryAuthor = role(edits);

                Transform.Crossed crossed = Transform.cross(submission, author, entry, entryAuthor);

                Map<String, Text> gateway = applied(applied(base, entry), crossed.submission());
                Map<String, Text> client = applied(applied(base, submission), crossed.entry());
                if (!gateway.equals(client)) {
                    fail(
                            "on %s, %s by %s past %s by %s: %s or %s",
                            base, submission, author, entry, entryAuthor, gateway, client);
                }
            }
        }

        private Role role(RandomEdits edits) {
            return ROLES.get(edits.random().nextInt(ROLES.size()));
        }

        private List<Effect> edits(RandomEdits edits, Map<String, Text> base) {
            Map<String, Text> texts = new HashMap<>(base);
            List<Effect> effects = new ArrayList<>();
            int count = 1 + edits.random().nextInt(4);
            for (int i = 0; i < count; i++) {
                String block = edits.random().nextBoolean() ? "a" : "b";
                Text text = texts.getOrDefault(block, Text.EMPTY);
                Effect.EditText effect = edit(block, text.length(), edits.edit(text));
                texts.put(block, effect.edit().apply(text));
                effects.add(effect);
            }
            return effects;
        }

        private String applied(String text, List<Effect> first, List<Effect> second) {
            Map<String, Text> base = Map.of("b", Text.of(text));
            return String.valueOf(applied(applied(base, first), second).get("b"));
        }

        /** Checks on the way that each was made for a text of this length. */
        private Map<String, Text> applied(Map<String, Text> base, List<Effect> effects) {
            Map<String, Text> texts = new HashMap<>(base);
            for (Effect effect : effects) {
                Effect.EditText edit = (Effect.EditText) effect;
                Text text = texts.getOrDefault(edit.block(), Text.EMPTY);
                if (edit.baseLength() != text.length()) {
                    fail("%s was made for a text of another length than \"%s\"", edit, text);
                }
                texts.put(edit.block(), edit.edit().apply(text));
            }
            return texts;
        }
    }

    @Nested
    class Publication {
        @Test
        void ofADraftConflictsWithAPendingEditOfIt() {
            assertRejected(
                    RejectCode.BLOCK_PUBLISHED,
                    List.of(edit("d", 2, TextEdit.insert(2, "!"))),
                    List.of(reveal("d", "hi")));
        }

        @Test
        void conflictsEvenIfOnlyTheLastOfSeveralEffectsMeetsIt() {
            assertRejected(
                    RejectCode.BLOCK_PUBLISHED,
                    List.of(
                            set("d", "x", "1"),
                            edit("c", 0, TextEdit.insert(0, "!")),
                            edit("d", 2, TextEdit.delete(0, 1))),
                    List.of(set("", "x", "1"), reveal("d", "hi")));
        }

        @Test
        void letsEverythingElsePass() throws RejectedException {
            List<Effect> mine = List.of(
                    edit("other", 0, TextEdit.insert(0, "!")),
                    set("d", "x", "1"),
                    set("", "d", "1"),
                    message("new", ""));
            List<Effect> theirs = List.of(reveal("d", "hi"));

            assertThat(cross(mine, theirs)).isEqualTo(new Transform.Crossed(mine, theirs));
        }
    }

    @Nested
    class Sets {
        @Test
        void theIncomingOneStaysAndTheEarlierOneDoesNotShow() throws RejectedException {
            Transform.Crossed crossed =
                    cross(List.of(set("b", "color", "red")), List.of(set("b", "color", "blue"), set("b", "size", "1")));

            assertThat(crossed.submission()).containsExactly(set("b", "color", "red"));
            assertThat(crossed.entry()).containsExactly(set("b", "size", "1"));
        }

        @Test
        void ofOneKeyOnTwoTargetsBothShow() throws RejectedException {
            List<Effect> mine = List.of(set("b", "color", "red"), set("", "color", "red"));
            List<Effect> theirs = List.of(set("c", "color", "blue"));

            assertThat(cross(mine, theirs)).isEqualTo(new Transform.Crossed(mine, theirs));
        }

        @Test
        void thatAdvanceBothStay() throws RejectedException {
            List<Effect> mine = List.of(advance("read/ann", 4));
            List<Effect> theirs = List.of(advance("read/ann", 7));

            assertThat(cross(mine, theirs)).isEqualTo(new Transform.Crossed(mine, theirs));
        }
    }

    @Nested
    class Creates {
        @Test
        void passEverything() throws RejectedException {
            List<Effect> mine = List.of(message("b", "mine"), draft("d", ""));
            List<Effect> theirs =
                    List.of(message("c", "theirs"), edit("e", 0, TextEdit.insert(0, "x")), set("", "k", "v"));

            assertThat(cross(mine, theirs)).isEqualTo(new Transform.Crossed(mine, theirs));
        }
    }

    /** What no honest client sends must end in an answer, not in an exception of the arithmetic. */
    @Nested
    class DishonestLengths {
        @Test
        void thatContradictHistoryAreRejected() {
            assertRejected(
                    RejectCode.LENGTH_MISMATCH,
                    List.of(edit("b", 4, TextEdit.insert(4, "x"))),
                    List.of(edit("b", 5, TextEdit.insert(0, "yy"))));
        }

        @Test
        void thatReachPastTheBaseAreRejected() {
            assertRejected(
                    RejectCode.OUT_OF_RANGE,
                    List.of(edit("b", 5, TextEdit.insert(6, "x"))),
                    List.of(edit("b", 5, TextEdit.insert(0, "yy"))));
        }

        @Test
        void thatNearlyOverflowAreRejected() {
            assertRejected(
                    RejectCode.LENGTH_MISMATCH,
                    List.of(edit("b", Integer.MAX_VALUE, TextEdit.insert(Integer.MAX_VALUE, "x"))),
                    List.of(edit("b", 5, TextEdit.insert(0, "yy"))));
        }
    }

    @Test
    void nothingPastNothingIsNothing() throws RejectedException {
        assertThat(cross(List.of(), List.of(edit("b", 0, TextEdit.insert(0, "x"))))
                        .entry())
                .hasSize(1);
        assertThat(cross(List.of(edit("b", 0, TextEdit.insert(0, "x"))), List.of())
                        .submission())
                .hasSize(1);
    }
}

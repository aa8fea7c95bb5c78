package dev.parley.conversation;

import static dev.parley.conversation.Effects.advance;
import static dev.parley.conversation.Effects.attributes;
import static dev.parley.conversation.Effects.draft;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.reveal;
import static dev.parley.conversation.Effects.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConversationStateTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author VIC = new Author("vic", Role.VISITOR, "");

    private final ConversationState state = new ConversationState(View.STAFF);

    private static Entry entry(long revision, Author author, Effect... effects) {
        return new Entry(
                revision,
                author,
                1_000 + revision,
                new SubmissionId(author.subject() + "-outbox", revision, 7),
                "",
                List.of(effects),
                revision % 2 == 0 ? 500 + revision : 0);
    }

    private Block block(String id) {
        Block block = state.block(id);
        if (block == null) {
            throw new AssertionError("no block " + id);
        }
        return block;
    }

    private void assertBroken(Entry entry) {
        String before = CanonicalText.of(state);
        assertThatThrownBy(() -> state.apply(entry)).isInstanceOf(IllegalStateException.class);
        assertThat(CanonicalText.of(state)).isEqualTo(before);
    }

    @Nested
    class Creating {
        @Test
        void makesABlockThatStandsAtItsEntry() {
            state.apply(entry(
                    2,
                    VIC,
                    new Effect.Create(
                            "o.1", BlockKind.MESSAGE, View.PUBLIC, "Hello 😀", attributes("reaction/vic", "+1"))));

            assertThat(block("o.1"))
                    .isEqualTo(new Block(
                            "o.1",
                            BlockKind.MESSAGE,
                            View.PUBLIC,
                            VIC,
                            List.of(),
                            2,
                            0,
                            1_002,
                            502,
                            Text.of("Hello 😀"),
                            attributes("reaction/vic", "+1"),
                            "",
                            "",
                            false,
                            List.of(),
                            Authorship.of(VIC, 7)));
        }

        @Test
        void aBlockThatIsThereBreaksTheLog() {
            state.apply(entry(1, VIC, message("o.1", "first")));

            assertBroken(entry(2, VIC, message("o.1", "second")));
        }
    }

    @Nested
    class Editing {
        @Test
        void changesTheTextAndTellsWhen() {
            state.apply(entry(1, VIC, message("o.1", "Hello")));
            state.apply(entry(2, ANN, edit("o.1", 5, TextEdit.insert(5, "!"))));

            assertThat(block("o.1").text()).isEqualTo(Text.of("Hello!"));
            assertThat(block("o.1").edited()).isEqualTo(2);
            assertThat(block("o.1").revision()).isEqualTo(1);
            assertThat(block("o.1").author()).isEqualTo(VIC);
        }

        @Test
        void severalTimesInOneEntryBuildsOnItself() {
            state.apply(entry(
                    1,
                    VIC,
                    message("o.1", "ab"),
                    edit("o.1", 2, TextEdit.delete(0, 2)),
                    edit("o.1", 0, TextEdit.insert(0, "Q"))));

            assertThat(block("o.1").text()).isEqualTo(Text.of("Q"));
        }

        @Test
        void whatIsNotThereBreaksTheLog() {
            assertBroken(entry(1, ANN, edit("o.1", 0, TextEdit.insert(0, "x"))));
        }

        @Test
        void aTextOfAnotherLengthBreaksTheLog() {
            state.apply(entry(1, VIC, message("o.1", "Hello")));

            assertBroken(entry(2, ANN, edit("o.1", 4, TextEdit.insert(4, "!"))));
        }

        @Test
        void pastTheEndBreaksTheLog() {
            state.apply(entry(1, VIC, message("o.1", "Hello")));

            assertBroken(entry(2, ANN, edit("o.1", 5, TextEdit.insert(6, "!"))));
        }
    }

    @Nested
    class Setting {
        @Test
        void anAttributeOfTheConversation() {
            state.apply(entry(1, ANN, set("", "state", "open")));
            state.apply(entry(2, ANN, set("", "state", "closed"), set("", "assignee", "ann")));

            assertThat(state.attributes()).isEqualTo(attributes("assignee", "ann", "state", "closed"));
            assertThat(state.attribute("nothing")).isEmpty();
        }

        @Test
        void anAttributeOfABlock() {
            state.apply(entry(1, VIC, message("o.1", "x")));
            state.apply(entry(2, ANN, set("o.1", "recalled", "1")));

            assertThat(block("o.1").attributes()).isEqualTo(attributes("recalled", "1"));
            assertThat(block("o.1").edited()).isZero();
        }

        @Test
        void anEmptyValueRemoves() {
            state.apply(entry(1, ANN, set("", "a", "1"), set("", "b", "2")));
            state.apply(entry(2, ANN, set("", "a", ""), set("", "never", "")));

            assertThat(state.attributes()).isEqualTo(attributes("b", "2"));
        }

        @Test
        void anAdvanceKeepsTheLargerNumber() {
            state.apply(entry(1, ANN, advance("read/ann", 9)));
            state.apply(entry(2, ANN, advance("read/ann", 10)));
            state.apply(entry(3, ANN, advance("read/ann", 9)));

            assertThat(state.attribute("read/ann")).isEqualTo("10");
        }

        @Test
        void anAdvanceGoesBeyondWhatALongHolds() {
            state.apply(entry(1, ANN, new Effect.Set("", "read/ann", "9".repeat(30), true, View.PUBLIC)));
            state.apply(entry(2, ANN, advance("read/ann", Long.MAX_VALUE)));

            assertThat(state.attribute("read/ann")).isEqualTo("9".repeat(30));
        }

        @Test
        void onABlockThatIsNotThereBreaksTheLog() {
            assertBroken(entry(1, ANN, set("o.1", "recalled", "1")));
        }
    }

    @Nested
    class Revealing {
        @Test
        void makesTheDraftAMessageOfWhoPublishedItThere() {
            state.apply(entry(1, VIC, draft("o.1", "Dear")));
            state.apply(entry(2, VIC, edit("o.1", 4, TextEdit.insert(4, " all")), set("o.1", "internal", "x")));
            state.apply(
                    entry(4, ANN, new Effect.Reveal("o.1", "Dear all", attributes("reaction/ann", "+1"), View.PUBLIC)));

            assertThat(block("o.1"))
                    .isEqualTo(new Block(
                            "o.1",
                            BlockKind.MESSAGE,
                            View.PUBLIC,
                            ANN,
                            List.of(),
                            4,
                            0,
                            1_004,
                            504,
                            Text.of("Dear all"),
                            attributes("reaction/ann", "+1"),
                            "",
                            "",
                            false,
                            List.of(),
                            Authorship.of(VIC, 8)));
        }

        @Test
        void whatIsNotThereBreaksTheLog() {
            assertBroken(entry(1, ANN, reveal("o.1", "text")));
        }
    }

    @Nested
    class Views {
        @Test
        void staffSeesEverything() {
            Entry entry = entry(1, ANN, draft("o.1", "secret"), set("", "assignee", "ann"));

            assertThat(entry.seenBy(View.STAFF)).isSameAs(entry);
            assertThat(entry.effectsFor(View.STAFF)).isEqualTo(entry.effects());
        }

        @Test
        void thePublicSeesPublicEffectsOnly() {
            Effect shown = message("o.1", "Hello");
            Entry entry = entry(1, ANN, draft("o.2", "secret"), shown, set("", "assignee", "ann"));

            assertThat(entry.seenBy(View.PUBLIC).effects()).containsExactly(shown);
            assertThat(entry.seenBy(View.PUBLIC).submission()).isEqualTo(entry.submission());
        }

        @Test
        void thePublicSeesAPublicationAsACreation() {
            Entry entry = entry(
                    3,
                    ANN,
                    new Effect.Reveal(
                            "o.1", "Hello", attributes("reaction/ann", "+1", "internal", "secret"), View.PUBLIC));

            assertThat(entry.effectsFor(View.PUBLIC))
                    .containsExactly(new Effect.Create(
                            "o.1", BlockKind.MESSAGE, View.PUBLIC, "Hello", attributes("reaction/ann", "+1")));
        }

        @Test
        void thePublicSeesNoInternalAttributeOfACreation() {
            Entry entry = entry(
                    3,
                    ANN,
                    new Effect.Create(
                            "o.1", BlockKind.MESSAGE, View.PUBLIC, "Hello", attributes("internal", "s", "name", "n")));

            assertThat(entry.effectsFor(View.PUBLIC))
                    .containsExactly(
                            new Effect.Create("o.1", BlockKind.MESSAGE, View.PUBLIC, "Hello", attributes("name", "n")));
        }

        @Test
        void theStateFollowedThroughAViewIsTheStateSeenThroughIt() {
            List<Entry> log = List.of(
                    entry(1, VIC, set("", "kind", "CHAT").withAudience(View.PUBLIC), set("", "tag/x", "1")),
                    entry(2, VIC, message("v.1", "Help")),
                    entry(3, ANN, draft("a.1", "Dear")),
                    entry(4, ANN, edit("a.1", 4, TextEdit.insert(4, " all")), set("a.1", "internal", "x")),
                    entry(
                            5,
                            ANN,
                            set("v.1", "internal", "x"),
                            set("v.1", "recalled", "1").withAudience(View.PUBLIC)),
                    entry(6, ANN, new Effect.Reveal("a.1", "Dear all", attributes("internal", "x"), View.PUBLIC)),
                    entry(7, ANN, edit("a.1", 8, TextEdit.insert(8, "!")).withAudience(View.PUBLIC)),
                    entry(8, ANN, advance("read/ann", 2).withAudience(View.PUBLIC)));
            ConversationState followed = new ConversationState(View.PUBLIC);
            for (Entry entry : log) {
                state.apply(entry);
                followed.apply(entry.seenBy(View.PUBLIC));
                assertThat(CanonicalText.of(followed)).isEqualTo(CanonicalText.of(state, View.PUBLIC));
            }

            assertThat(CanonicalText.of(state, View.STAFF)).isEqualTo(CanonicalText.of(state));
            assertThat(followed.blocks()).extracting(Block::id).containsExactlyInAnyOrder("v.1", "a.1");
        }
    }

    @Nested
    class CatchingUp {
        @Test
        void takesTheBlocksThatChangedSince() {
            state.apply(entry(1, VIC, message("o.1", "one"), message("o.2", "two")));
            state.apply(entry(2, ANN, set("o.1", "recalled", "1").withAudience(View.PUBLIC)));
            state.apply(entry(3, ANN, draft("o.3", "three")));

            assertThat(state.changedSince(1, View.STAFF)).extracting(Block::id).containsExactly("o.1", "o.3");
            assertThat(state.changedSince(1, View.PUBLIC)).extracting(Block::id).containsExactly("o.1");
            assertThat(state.changedSince(3, View.STAFF)).isEmpty();
        }

        @Test
        void byBlocksEndsWhereEntriesEnd() {
            ConversationState behind = new ConversationState(View.STAFF);
            state.apply(entry(1, VIC, message("o.1", "one"), message("o.2", "two"), set("", "a", "1")));
            behind.apply(entry(1, VIC, message("o.1", "one"), message("o.2", "two"), set("", "a", "1")));
            state.apply(entry(2, ANN, edit("o.2", 3, TextEdit.insert(3, "!")), set("", "a", ""), set("", "b", "2")));
            state.apply(entry(3, ANN, draft("o.3", "three")));

            behind.replace(state.revision(), state.changedSince(1, View.STAFF), state.attributes(), 0);

            assertThat(CanonicalText.of(behind)).isEqualTo(CanonicalText.of(state));
            assertThat(behind.revision()).isEqualTo(3);
        }

        @Test
        void startsOverAfterClear() {
            state.apply(entry(1, VIC, message("o.1", "one"), set("", "a", "1")));
            state.clear();

            assertThat(CanonicalText.of(state)).isEqualTo("{\"attributes\":{},\"blocks\":[]}");
            assertThat(state.revision()).isZero();
            assertThat(state.weightBytes()).isZero();
            state.apply(entry(1, VIC, message("o.1", "one")));
            assertThat(state.blocks()).hasSize(1);
        }
    }

    @Nested
    class Trying {
        @Test
        void changesNothingBeforeItIsCommitted() throws RejectedException {
            state.apply(entry(1, VIC, message("o.1", "one")));
            String before = CanonicalText.of(state);
            ConversationState.Trial trial = state.trial(entry(2, ANN));
            trial.apply(edit("o.1", 3, TextEdit.insert(3, "!")));
            trial.apply(message("o.2", "two"));
            trial.apply(set("", "a", "1"));

            assertThat(trial.block("o.1")).extracting(Block::text).isEqualTo(Text.of("one!"));
            assertThat(trial.block("o.2")).isNotNull();
            assertThat(CanonicalText.of(state)).isEqualTo(before);
            assertThat(state.block("o.2")).isNull();

            state.commit(trial);

            assertThat(block("o.1").text()).isEqualTo(Text.of("one!"));
            assertThat(state.attribute("a")).isEqualTo("1");
            assertThat(state.revision()).isEqualTo(2);
            assertThat(state.timeMillis()).isEqualTo(1_002);
        }

        @Test
        void saysWhyAnEffectDoesNotFit() {
            state.apply(entry(1, VIC, message("o.1", "one")));

            assertCode(RejectCode.BLOCK_EXISTS, message("o.1", ""));
            assertCode(RejectCode.UNKNOWN_BLOCK, edit("o.2", 0, TextEdit.insert(0, "x")));
            assertCode(RejectCode.UNKNOWN_BLOCK, set("o.2", "a", "1"));
            assertCode(RejectCode.UNKNOWN_BLOCK, reveal("o.2", ""));
            assertCode(RejectCode.LENGTH_MISMATCH, edit("o.1", 4, TextEdit.insert(0, "x")));
            assertCode(RejectCode.OUT_OF_RANGE, edit("o.1", 3, TextEdit.insert(4, "x")));
        }

        private void assertCode(RejectCode code, Effect effect) {
            assertThatExceptionOfType(RejectedException.class)
                    .isThrownBy(() -> state.trial(entry(2, ANN)).apply(effect))
                    .satisfies(rejected -> assertThat(rejected.code()).isEqualTo(code));
        }
    }

    @Nested
    class TheCanonicalText {
        @Test
        void isExactlyThisJson() {
            state.apply(entry(1, VIC, set("", "b", "2"), set("", "a", "1")));
            state.apply(entry(2, ANN, draft("o.2", "two\n\"😀\"")));
            state.apply(entry(
                    3,
                    VIC,
                    new Effect.Create("o.10", BlockKind.MESSAGE, View.PUBLIC, "", attributes("z", "1", "Z", "2"))));
            state.apply(entry(4, VIC, edit("o.10", 0, TextEdit.insert(0, "\u0001\\\u2028"))));

            assertThat(CanonicalText.of(state))
                    .isEqualTo("{\"attributes\":{\"a\":\"1\",\"b\":\"2\"},\"blocks\":["
                            + "{\"id\":\"o.10\",\"kind\":\"MESSAGE\",\"audience\":\"PUBLIC\","
                            + "\"author\":{\"subject\":\"vic\",\"role\":\"VISITOR\",\"name\":\"\"},\"owners\":[],"
                            + "\"revision\":3,\"edited\":4,\"timeMillis\":1003,\"composedAtMillis\":0,"
                            + "\"text\":\"\\u0001\\\\\u2028\",\"attributes\":{\"Z\":\"2\",\"z\":\"1\"},"
                            + "\"rank\":\"\",\"mergedInto\":\"\",\"erased\":false,\"anchors\":[],"
                            + "\"authors\":[{\"subject\":\"vic\",\"role\":\"VISITOR\",\"name\":\"\"}],"
                            + "\"authorship\":[3,0]},"
                            + "{\"id\":\"o.2\",\"kind\":\"DRAFT\",\"audience\":\"STAFF\","
                            + "\"author\":{\"subject\":\"ann\",\"role\":\"AGENT\",\"name\":\"Ann\"},\"owners\":[],"
                            + "\"revision\":2,\"edited\":0,\"timeMillis\":1002,\"composedAtMillis\":502,"
                            + "\"text\":\"two\\n\\\"😀\\\"\",\"attributes\":{},"
                            + "\"rank\":\"\",\"mergedInto\":\"\",\"erased\":false,\"anchors\":[],"
                            + "\"authors\":[{\"subject\":\"ann\",\"role\":\"AGENT\",\"name\":\"Ann\"}],"
                            + "\"authorship\":[7,0]}]}");
        }

        @Test
        void sortsByUtf16UnitsAsEveryLanguageOfBrowsersDoes() {
            state.apply(entry(1, ANN, set("", "\uFB01", "1"), set("", "😀", "2")));

            assertThat(CanonicalText.of(state)).startsWith("{\"attributes\":{\"😀\":\"2\",\"\uFB01\":\"1\"}");
        }
    }

    @Test
    void theWeightFollowsWhatIsHeld() {
        state.apply(entry(1, VIC, message("o.1", "x".repeat(1_000))));
        long full = state.weightBytes();
        state.apply(entry(2, VIC, edit("o.1", 1_000, TextEdit.delete(0, 1_000))));
        long emptied = state.weightBytes();
        state.apply(entry(3, VIC, set("o.1", "key", "value")));

        assertThat(full).isGreaterThan(2_000);
        assertThat(emptied).isPositive().isLessThan(full - 1_000);
        assertThat(state.weightBytes()).isGreaterThan(emptied);
    }
}

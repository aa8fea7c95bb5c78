package dev.parley.conversation;

import static dev.parley.conversation.Effects.attributes;
import static dev.parley.conversation.Effects.draft;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.erase;
import static dev.parley.conversation.Effects.forPublic;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.place;
import static dev.parley.conversation.Effects.removal;
import static dev.parley.conversation.Effects.retarget;
import static dev.parley.conversation.Effects.run;
import static dev.parley.conversation.Effects.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StampTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author BOB = new Author("bob", Role.AGENT, "Bob");
    private static final Author VIC = new Author("vic", Role.VISITOR, "");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "");

    private final ConversationState state = new ConversationState(View.STAFF);
    private final List<Entry> log = new ArrayList<>();

    @BeforeEach
    void aConversationWithTwoMessagesAndADraft() {
        apply(VIC, message("v.1", "one"), message("v.2", "two"));
        apply(ANN, draft("a.1", "Dear"));
    }

    private void apply(Author author, Effect... effects) {
        Entry entry =
                new Entry(state.revision() + 1, author, 0, new SubmissionId("box", 1, 1), "", List.of(effects), 0);
        state.apply(entry);
        log.add(entry);
    }

    private List<Effect> stamp(Operation.Command command, Author author, long base) throws RejectedException {
        Stamp.Earlier earlier = (block, matches) -> log.stream()
                .filter(entry -> entry.revision() > base)
                .filter(matches)
                .anyMatch(entry -> entry.effects().stream()
                        .anyMatch(effect -> effect instanceof Effect.EditText
                                && effect.target().equals(block)));
        return new Stamp(state, earlier).effects(command, author);
    }

    private List<Effect> stamp(Operation.Command command) throws RejectedException {
        return stamp(command, ANN, state.revision());
    }

    private void assertRejected(RejectCode code, Operation.Command command) {
        assertRejected(code, command, ANN, state.revision());
    }

    private void assertRejected(RejectCode code, Operation.Command command, Author author, long base) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> stamp(command, author, base))
                .satisfies(rejected -> assertThat(rejected.code()).isEqualTo(code));
    }

    @Nested
    class PublishDraft {
        private final Operation.Command publish = new Operation.PublishDraft("a.1", 0);

        @Test
        void showsTheTextAtHeadAndEndsItsRuns() throws RejectedException {
            apply(ANN, set("a.1", "fence", "4"), edit("a.1", 4, TextEdit.insert(4, "!")));

            assertThat(stamp(publish))
                    .containsExactly(
                            new Effect.Reveal("a.1", "Dear!", attributes("fence", "4"), View.PUBLIC),
                            set("a.1", "fence", "5"));
        }

        @Test
        void ofNothingIsRejected() {
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.PublishDraft("none", 0));
            apply(ANN, draft("a.2", ""));
            assertRejected(RejectCode.MALFORMED, new Operation.PublishDraft("a.2", 0));
        }

        @Test
        void ofWhatIsNoDraftIsRejected() {
            assertRejected(RejectCode.BLOCK_PUBLISHED, new Operation.PublishDraft("v.1", 0));
        }

        @Test
        void ofATextThatIsGoneIsRejected() {
            apply(ANN, draft("a.2", "x"), retarget("a.2", "a.1", 4, 5, 1), draft("a.3", "x"), erase("a.3"));

            assertRejected(RejectCode.BLOCK_MERGED, new Operation.PublishDraft("a.2", 0));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.PublishDraft("a.3", 0));
        }

        @Test
        void afterAnotherHumanChangedItIsRejected() throws RejectedException {
            long base = state.revision();
            apply(BOB, edit("a.1", 4, TextEdit.insert(4, "!")));

            assertRejected(RejectCode.CHANGED, publish, ANN, base);
            assertThat(stamp(publish, ANN, state.revision())).isNotEmpty();
            assertThat(stamp(publish, BOB, base)).isNotEmpty();
        }

        @Test
        void afterTheAssistantWroteOnIsAllowed() throws RejectedException {
            long base = state.revision();
            apply(BOT, edit("a.1", 4, TextEdit.insert(4, "!")));

            assertThat(stamp(publish, ANN, base)).isNotEmpty();
        }

        @Test
        void ofAnAnswerThatAHumanGaveMeanwhileIsRejected() throws RejectedException {
            Operation.Command answer = new Operation.PublishDraft("a.1", 1);
            assertThat(stamp(answer, BOT, state.revision())).isNotEmpty();
            apply(VIC, message("v.3", "hello?"));
            assertThat(stamp(answer, BOT, state.revision())).isNotEmpty();

            apply(BOB, message("b.1", "Hi"));

            assertRejected(RejectCode.ANSWERED, answer, BOT, state.revision());
            assertThat(stamp(new Operation.PublishDraft("a.1", state.revision()), BOT, state.revision()))
                    .isNotEmpty();
        }
    }

    @Nested
    class MergeBlocks {
        @Test
        void putsALineFeedBetweenTwoTexts() throws RejectedException {
            assertThat(stamp(new Operation.MergeBlocks("v.2", "v.1")))
                    .containsExactly(forPublic(retarget("v.2", "v.1", 3, 4, 3)));
        }

        @Test
        void putsNoneBesideAnEmptyText() throws RejectedException {
            apply(VIC, message("v.3", ""));

            assertThat(stamp(new Operation.MergeBlocks("v.3", "v.1")))
                    .containsExactly(forPublic(retarget("v.3", "v.1", 3, 3, 0)));
            assertThat(stamp(new Operation.MergeBlocks("v.1", "v.3")))
                    .containsExactly(forPublic(retarget("v.1", "v.3", 0, 0, 3)));
        }

        @Test
        void ofWhatDoesNotBelongTogetherIsRejected() {
            apply(ANN, new Effect.Create("a.2", BlockKind.NOTE, View.STAFF, "note", Attributes.NONE));

            assertRejected(RejectCode.MALFORMED, new Operation.MergeBlocks("v.1", "v.1"));
            assertRejected(RejectCode.MALFORMED, new Operation.MergeBlocks("a.1", "v.1"));
            assertRejected(RejectCode.MALFORMED, new Operation.MergeBlocks("a.2", "a.1"));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.MergeBlocks("none", "v.1"));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.MergeBlocks("v.1", "none"));
        }

        @Test
        void aSecondTimeOrInACircleIsRejected() {
            apply(ANN, forPublic(retarget("v.2", "v.1", 3, 4, 3)), message("v.3", "x"));

            assertRejected(RejectCode.BLOCK_MERGED, new Operation.MergeBlocks("v.2", "v.3"));
            assertRejected(RejectCode.BLOCK_MERGED, new Operation.MergeBlocks("v.1", "v.2"));
        }

        @Test
        void ofARecalledOrErasedOneIsRejected() {
            apply(VIC, forPublic(set("v.1", "recalled", "1")), message("v.3", "x"), forPublic(erase("v.3")));

            assertRejected(RejectCode.BLOCK_RECALLED, new Operation.MergeBlocks("v.1", "v.2"));
            assertRejected(RejectCode.BLOCK_RECALLED, new Operation.MergeBlocks("v.2", "v.1"));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.MergeBlocks("v.2", "v.3"));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.MergeBlocks("v.3", "v.2"));
        }
    }

    @Nested
    class Runs {
        @Test
        void beginInADraftOfTheirOwn() throws RejectedException {
            assertThat(stamp(new Operation.StartRun("box.9", "run-1"), BOT, 0))
                    .containsExactly(draft("box.9", ""), set("box.9", "fence", "1"), run("box.9", "run-1", 0));
        }

        @Test
        void beginAtTheEndOfADraftAndEndTheOneBefore() throws RejectedException {
            apply(BOT, set("a.1", "fence", "1"), run("a.1", "run-1", 2), place("a.1", "s.1", 0, 1));

            assertThat(stamp(new Operation.StartRun("a.1", "run-2"), BOT, 0))
                    .containsExactly(removal("a.1", "run-1"), set("a.1", "fence", "2"), run("a.1", "run-2", 4));
        }

        @Test
        void doNotBeginInWhatIsNoDraftOrHasNoText() {
            apply(ANN, draft("a.2", "x"), erase("a.2"));

            assertRejected(RejectCode.BLOCK_PUBLISHED, new Operation.StartRun("v.1", "run-1"));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.StartRun("a.2", "run-1"));
        }

        @Test
        void writeAtTheirPlace() throws RejectedException {
            apply(BOT, set("a.1", "fence", "1"), run("a.1", "run-1", 2));

            assertThat(stamp(new Operation.AppendText("a.1", "run-1", 1, "--")))
                    .containsExactly(edit("a.1", 4, TextEdit.insert(2, "--")));
            assertThat(stamp(new Operation.FinishRun("a.1", "run-1", 1))).containsExactly(removal("a.1", "run-1"));
        }

        @Test
        void ofAnotherFenceOrNameAreFencedOff() {
            apply(BOT, set("a.1", "fence", "2"), run("a.1", "run-2", 2), place("a.1", "s.1", 0, 1));

            assertRejected(RejectCode.FENCED, new Operation.AppendText("a.1", "run-2", 1, "x"));
            assertRejected(RejectCode.FENCED, new Operation.AppendText("a.1", "run-1", 2, "x"));
            assertRejected(RejectCode.FENCED, new Operation.AppendText("a.1", "s.1", 2, "x"));
            assertRejected(RejectCode.FENCED, new Operation.FinishRun("a.1", "run-2", 3));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.AppendText("none", "run-2", 2, "x"));
        }

        @Test
        void areOverOnceAHumanTookOver() throws RejectedException {
            apply(BOT, set("a.1", "fence", "1"), run("a.1", "run-1", 2), place("a.1", "s.1", 0, 1));

            List<Effect> takenOver = stamp(new Operation.TakeOver("a.1"));
            assertThat(takenOver).containsExactly(removal("a.1", "run-1"), set("a.1", "fence", "2"));

            apply(ANN, takenOver.toArray(Effect[]::new));
            assertRejected(RejectCode.FENCED, new Operation.AppendText("a.1", "run-1", 1, "x"));
            assertRejected(RejectCode.FENCED, new Operation.FinishRun("a.1", "run-1", 1));
        }

        @Test
        void areOverOnceTheirDraftIsPublished() throws RejectedException {
            apply(BOT, set("a.1", "fence", "1"), run("a.1", "run-1", 2));
            apply(ANN, stamp(new Operation.PublishDraft("a.1", 0)).toArray(Effect[]::new));

            assertRejected(RejectCode.FENCED, new Operation.AppendText("a.1", "run-1", 1, "x"));
            assertRejected(RejectCode.BLOCK_PUBLISHED, new Operation.TakeOver("a.1"));
        }

        @Test
        void nobodyTakesOverWhatIsNoDraft() {
            assertRejected(RejectCode.BLOCK_PUBLISHED, new Operation.TakeOver("v.1"));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.TakeOver("none"));
        }
    }

    @Nested
    class Suggestions {
        @BeforeEach
        void oneForTheFirstTwoLettersOfTheDraft() {
            suggest("s.1", "Fe", 0, 2);
        }

        private void suggest(String id, String text, int start, int end) {
            apply(
                    BOT,
                    new Effect.Create(id, BlockKind.SUGGESTION, View.STAFF, text, attributes("target", "a.1")),
                    place("a.1", id, start, end));
        }

        @Test
        void replaceTheirRangeWhenAccepted() throws RejectedException {
            apply(ANN, edit("a.1", 4, TextEdit.insert(0, "> ")));

            assertThat(stamp(new Operation.AcceptSuggestion("s.1")))
                    .containsExactly(
                            edit("a.1", 6, TextEdit.replace(2, 2, "Fe")),
                            removal("a.1", "s.1"),
                            set("s.1", "state", "accepted"));
        }

        @Test
        void lookedAtOnceMoreWhenDismissed() throws RejectedException {
            assertThat(stamp(new Operation.DismissSuggestion("s.1")))
                    .containsExactly(removal("a.1", "s.1"), set("s.1", "state", "dismissed"));
        }

        @Test
        void areSettledOnce() {
            apply(ANN, removal("a.1", "s.1"), set("s.1", "state", "dismissed"));

            assertRejected(RejectCode.STALE, new Operation.AcceptSuggestion("s.1"));
            assertRejected(RejectCode.STALE, new Operation.DismissSuggestion("s.1"));
        }

        @Test
        void forATextThatIsGoneAreStaleAndCanStillBeDismissed() throws RejectedException {
            apply(ANN, edit("a.1", 4, TextEdit.delete(0, 3)));

            assertRejected(RejectCode.STALE, new Operation.AcceptSuggestion("s.1"));
            assertThat(stamp(new Operation.DismissSuggestion("s.1"))).hasSize(2);
        }

        @Test
        void forABlockThatWasErasedAreStale() throws RejectedException {
            apply(ANN, erase("a.1"));

            assertRejected(RejectCode.STALE, new Operation.AcceptSuggestion("s.1"));
            assertThat(stamp(new Operation.DismissSuggestion("s.1"))).containsExactly(set("s.1", "state", "dismissed"));
        }

        @Test
        void thatWereErasedReplaceNothing() {
            apply(ANN, erase("s.1"));

            assertRejected(RejectCode.BLOCK_ERASED, new Operation.AcceptSuggestion("s.1"));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.DismissSuggestion("s.1"));
        }

        @Test
        void forARecalledBlockAreStale() {
            apply(ANN, set("a.1", "recalled", "1"));

            assertRejected(RejectCode.STALE, new Operation.AcceptSuggestion("s.1"));
        }

        @Test
        void followTheirTextIntoAnotherBlock() throws RejectedException {
            apply(ANN, draft("a.2", "xyz"), retarget("a.1", "a.2", 3, 4, 4));

            assertThat(stamp(new Operation.AcceptSuggestion("s.1")))
                    .containsExactly(
                            edit("a.2", 8, TextEdit.replace(4, 2, "Fe")),
                            removal("a.2", "s.1"),
                            set("s.1", "state", "accepted"));
        }

        @Test
        void ofAPublicBlockEditInPublic() throws RejectedException {
            apply(
                    BOT,
                    new Effect.Create("s.2", BlockKind.SUGGESTION, View.STAFF, "ONE", attributes("target", "v.1")),
                    place("v.1", "s.2", 0, 3));

            assertThat(stamp(new Operation.AcceptSuggestion("s.2")).get(0))
                    .isEqualTo(forPublic(edit("v.1", 3, TextEdit.replace(0, 3, "ONE"))));
        }

        @Test
        void areNoOtherBlocks() {
            assertRejected(RejectCode.MALFORMED, new Operation.AcceptSuggestion("a.1"));
            assertRejected(RejectCode.MALFORMED, new Operation.DismissSuggestion("a.1"));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.AcceptSuggestion("none"));
        }
    }

    @Nested
    class TheConversation {
        @Test
        void isClosedAndOpenedAgain() throws RejectedException {
            assertThat(stamp(new Operation.CloseConversation())).containsExactly(set("", "state", "closed"));
            assertThat(stamp(new Operation.ReopenConversation())).containsExactly(set("", "state", "open"));
        }

        @Test
        void getsAnotherVisitor() throws RejectedException {
            assertThat(stamp(new Operation.Link("customer-7", "Vic")))
                    .containsExactly(set("", "visitor", "customer-7"), set("", "visitorName", "Vic"));
        }
    }

    @Nested
    class Redact {
        @Test
        void erasesABlockAndThoseThatWereMergedIntoIt() throws RejectedException {
            apply(VIC, message("v.3", "three"));
            apply(ANN, forPublic(retarget("v.3", "v.2", 3, 4, 5)), forPublic(retarget("v.2", "v.1", 3, 4, 9)));

            assertThat(stamp(new Operation.Redact("v.1")))
                    .containsExactly(forPublic(erase("v.1")), forPublic(erase("v.2")), forPublic(erase("v.3")));
        }

        @Test
        void ofAStaffBlockIsForStaff() throws RejectedException {
            assertThat(stamp(new Operation.Redact("a.1"))).containsExactly(erase("a.1"));
        }

        @Test
        void ofWhatIsGoneIsRejected() {
            apply(ANN, forPublic(retarget("v.2", "v.1", 3, 4, 3)), erase("a.1"));

            assertRejected(RejectCode.BLOCK_MERGED, new Operation.Redact("v.2"));
            assertRejected(RejectCode.BLOCK_ERASED, new Operation.Redact("a.1"));
            assertRejected(RejectCode.UNKNOWN_BLOCK, new Operation.Redact("none"));
        }
    }
}

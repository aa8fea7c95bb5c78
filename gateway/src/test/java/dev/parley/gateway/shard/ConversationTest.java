package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Operation.CreateBlock;
import dev.parley.conversation.Operation.EditText;
import dev.parley.conversation.Operation.PublishDraft;
import dev.parley.conversation.Operation.SetAttribute;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Conversation.Decision;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.ot.TextEdit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConversationTest {
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author WILL = new Author("will", Role.VISITOR, "Will");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author ADA = new Author("ada", Role.ADMIN, "Ada");
    private static final Author BOB = new Author("bob", Role.AGENT, "Bob");
    private static final Author AI = new Author("ai", Role.ASSISTANT, "");

    static final ShardLimits BOUNDS = new ShardLimits(1 << 20, 100, 1 << 20, 100, 1_024, 256);

    private final Conversation conversation = new Conversation(
            new ConversationKey("shop", "c"),
            new StoredConversation(Chain.START, null, List.of(), List.of(), null),
            new Policy(),
            Limits.DEFAULT,
            BOUNDS);
    private final Map<String, Long> seqs = new HashMap<>();

    @BeforeEach
    void veraOpensIt() {
        conversation.create(VERA, "CHAT", "chat", 1_000);
    }

    @Test
    void aRepeatedSubmissionGetsTheStoredAnswer() {
        Submission submission = submission(VERA, message("vera.1", "hi"));
        long revision = logged(receive(VERA, submission));

        assertThat(receive(VERA, submission))
                .isEqualTo(new Decision.Answered(
                        new Answer.Accepted(revision, submission.id().contentId())));
    }

    @Test
    void aRepeatedRejectionIsRejectedAgainWithTheSameCode() {
        Submission submission = submission(VERA, new EditText("none", 0, TextEdit.IDENTITY));
        assertRejected(receive(VERA, submission), RejectCode.UNKNOWN_BLOCK);

        assertThat(receive(VERA, submission))
                .isEqualTo(new Decision.Answered(new Answer.Rejected(
                        RejectCode.UNKNOWN_BLOCK, submission.id().contentId())));
    }

    @Test
    void aSmallerNumberWasDoneAlready() {
        Submission first = submission(VERA, message("vera.1", "hi"));
        receive(VERA, first);
        receive(VERA, submission(VERA, message("vera.2", "ho")));

        assertFault(receive(VERA, first), OutboxFault.ALREADY_DONE, 2);
    }

    @Test
    void aGapInTheNumbersIsAReset() {
        assertFault(receive(VERA, numbered(3, 1, message("vera.3", "hi"))), OutboxFault.OUTBOX_RESET, 0);
    }

    @Test
    void aNumberUsedForOtherContentIsAFork() {
        receive(VERA, numbered(1, 1, message("vera.1", "hi")));

        assertFault(receive(VERA, numbered(1, 2, message("vera.1", "ho"))), OutboxFault.FORKED, 1);
    }

    @Test
    void aRejectionUsesItsNumber() {
        assertRejected(receive(VERA, numbered(1, 1, message("bob.1", "hi"))), RejectCode.FOREIGN_ID);

        logged(receive(VERA, numbered(2, 2, message("vera.2", "hi"))));
    }

    @Test
    void aConversationDoesNotTakeAttributesForEver() {
        int taken = 0;
        while (receive(ANN, submission(ANN, new SetAttribute("", "tag/" + taken, "yes"))) instanceof Decision.Logged
                && taken < 10_000) {
            taken++;
        }

        assertThat(taken).isBetween(2_000, 2_048);
        assertRejected(receive(ANN, submission(ANN, new SetAttribute("", "tag/more", "yes"))), RejectCode.TOO_LARGE);
        logged(receive(ANN, submission(ANN, new SetAttribute("", "tag/0", ""))));
    }

    @Test
    void anOutboxIsKnownForThirtyDaysAfterItsLastUseAndNoLongerThanThereIsNeedForRoom() {
        Conversation small = withOutboxes(2);
        small.receive(first("a"), VERA, 2_000);
        small.receive(first("b"), VERA, 3_000);
        small.takeAppend();

        assertRefused(small.receive(first("c"), VERA, 2_000 + OutboxRows.KEPT_MILLIS));
        assertThat(small.takeAppend().expiredRows()).isEmpty();
        logged(small.receive(first("c"), VERA, 2_001 + OutboxRows.KEPT_MILLIS));

        Append append = small.takeAppend();
        assertThat(append.expiredRows()).extracting(OutboxRow::outbox).containsExactly("a");
        assertThat(append.outboxRows()).extracting(OutboxRow::outbox).containsExactly("c");
        assertThat(small.takeAppend().expiredRows()).isEmpty();
    }

    @Test
    void anOutboxThatExpiredIsTakenForOneThatWasNeverThere() {
        Conversation small = withOutboxes(2);
        small.receive(first("a"), VERA, 2_000);
        long later = 2_001 + OutboxRows.KEPT_MILLIS;
        logged(small.receive(first("b"), VERA, later));

        Submission second = new Submission(new SubmissionId("a", 2, 2), small.head(), List.of(message("a.2", "")), 0);
        assertFault(small.receive(second, VERA, later), OutboxFault.OUTBOX_RESET, 0);
    }

    @Test
    void whoUsesUpAllOutboxesKeepsNobodyElseFromWriting() {
        Conversation small = withOutboxes(2);
        small.receive(first("a"), VERA, 2_000);
        small.receive(first("b"), VERA, 2_000);

        assertRefused(small.receive(first("c"), VERA, 2_000));
        logged(small.receive(first("d"), ANN, 2_000));
    }

    @Test
    void aRedactionThatNeedsTheRoomOfAnExpiredOutboxTakesSomethingOutOfTheLogToo() {
        Conversation small = withOutboxes(1);
        small.receive(first("a"), VERA, 2_000);
        SubmissionId id = new SubmissionId("ada", 1, 1);
        small.receive(new Submission(id, small.head(), List.of(message("ada.1", "hi")), 0), ADA, 2_000);
        Submission redact =
                new Submission(new SubmissionId("other", 1, 1), small.head(), List.of(new Operation.Redact("a.1")), 0);

        assertThat(small.redaction(redact, ADA, 2_001 + OutboxRows.KEPT_MILLIS)).isNotNull();
    }

    @Test
    void whatIsTakenBackIsDecidedAgainAsIfForTheFirstTime() {
        conversation.stored(conversation.takeAppend());
        receive(VERA, submission(VERA, message("vera.1", "stays")));
        conversation.stored(conversation.takeAppend());
        Position stored = conversation.head();
        Submission edit = submission(VERA, new EditText("vera.1", 5, TextEdit.insert(5, "!")));
        Submission wrong = submission(ANN, new EditText("none", 0, TextEdit.IDENTITY));
        Submission next = submission(BOB, message("bob.1", "new"));
        List<Decision> first = List.of(receive(VERA, edit), receive(ANN, wrong));
        conversation.takeAppend();
        Decision third = receive(BOB, next);

        conversation.takeBack();

        assertThat(conversation.head()).isEqualTo(stored);
        assertThat(text("vera.1")).isEqualTo("stays");
        assertThat(text("bob.1")).isNull();
        assertThat(conversation.hasUnappended()).isFalse();
        assertThat(conversation.answers("bob")).isEmpty();
        assertThat(List.of(receive(VERA, edit), receive(ANN, wrong)))
                .usingRecursiveComparison()
                .isEqualTo(first);
        assertThat(receive(BOB, next)).usingRecursiveComparison().isEqualTo(third);
        assertThat(conversation.takeAppend().expected()).isEqualTo(stored);
    }

    @Test
    void anOutboxThatWasForgottenForOneThatIsTakenBackIsKnownAgain() {
        Conversation small = withOutboxes(1);
        small.receive(first("a"), VERA, 2_000);
        small.stored(small.takeAppend());
        logged(small.receive(first("b"), VERA, 2_001 + OutboxRows.KEPT_MILLIS));

        small.takeBack();

        assertThat(small.answers("vera")).extracting(OutboxRow::outbox).containsExactly("a");
        assertThat(small.takeAppend().expiredRows()).isEmpty();
    }

    private static Conversation withOutboxes(int max) {
        Limits limits =
                new Limits(1 << 18, 64, 16_384, 128, 1_024, 64, max, 256, 25_000, 1 << 17, 20_000, 200, 0, 0, 0, 0);
        Conversation small = new Conversation(
                new ConversationKey("shop", "small"),
                new StoredConversation(Chain.START, null, List.of(), List.of(), null),
                new Policy(),
                limits,
                BOUNDS);
        small.create(VERA, "CHAT", "chat", 1_000);
        small.stored(small.takeAppend());
        return small;
    }

    private static Submission first(String outbox) {
        return new Submission(new SubmissionId(outbox, 1, 1), Position.START, List.of(message(outbox + ".1", "hi")), 0);
    }

    private static void assertRefused(Decision decision) {
        assertThat(decision).isEqualTo(new Decision.Answered(new Answer.Refused(Refusal.TOO_MANY_OUTBOXES, 0)));
    }

    @Test
    void allOperationsOfASubmissionCountOrNone() {
        assertRejected(
                receive(VERA, submission(VERA, message("vera.1", "hi"), new EditText("none", 0, TextEdit.IDENTITY))),
                RejectCode.UNKNOWN_BLOCK);

        assertThat(text("vera.1")).isNull();
        assertThat(conversation.head().revision()).isEqualTo(1);
    }

    @Test
    void concurrentEditsAreMovedPastEachOther() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "Hello"))));
        Position base = conversation.head();
        logged(receive(ANN, at(base, ANN, new EditText("ann.1", 5, TextEdit.insert(5, "!")))));
        logged(receive(BOB, at(base, BOB, new EditText("ann.1", 5, TextEdit.delete(0, 1)))));

        assertThat(text("ann.1")).isEqualTo("ello!");
    }

    @Test
    void severalOperationsAreCrossedWithTheEntryAndNotEachWithTheUntouchedOne() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "ab"))));
        Position base = conversation.head();
        logged(receive(ANN, at(base, ANN, new EditText("ann.1", 2, TextEdit.insert(2, "Z")))));
        logged(receive(
                BOB,
                at(
                        base,
                        BOB,
                        new EditText("ann.1", 2, TextEdit.delete(0, 2)),
                        new EditText("ann.1", 0, TextEdit.insert(0, "Q")))));

        assertThat(text("ann.1")).isEqualTo("QZ");
    }

    @Test
    void aClientThatCountsDifferentlyIsCaught() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "a😀b"))));

        assertRejected(
                receive(ANN, submission(ANN, new EditText("ann.1", 4, TextEdit.insert(4, "c")))),
                RejectCode.LENGTH_MISMATCH);
    }

    @Test
    void anEditPastTheEndIsRejected() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "ab"))));

        assertRejected(
                receive(ANN, submission(ANN, new EditText("ann.1", 2, TextEdit.insert(3, "c")))),
                RejectCode.OUT_OF_RANGE);
    }

    /** The outbox of whoever drafts is known from earlier entries, and so are the ids of drafts. */
    @Test
    void aVisitorCannotTellAHiddenBlockFromNoneNorMeasureIt() {
        logged(receive(VERA, submission(VERA, message("vera.1", "hi"))));
        Position base = conversation.head();
        logged(receive(ANN, submission(ANN, draft("ann.1", "secret"))));
        logged(receive(ANN, submission(ANN, new EditText("ann.1", 6, TextEdit.insert(6, "!")))));
        logged(receive(ANN, submission(ANN, draft("ann.3", "soon"))));
        logged(receive(ANN, submission(ANN, new PublishDraft("ann.3", 0))));

        for (String block : List.of("ann.1", "ann.3", "none")) {
            for (int length = 0; length < 9; length++) {
                EditText edit = new EditText(block, length, TextEdit.insert(0, "x"));
                assertRejected(receive(VERA, at(base, VERA, edit)), RejectCode.UNKNOWN_BLOCK);
            }
        }
        for (String block : List.of("ann.1", "none")) {
            for (Operation operation : List.of(
                    new Operation.MergeBlocks("vera.1", block),
                    new Operation.MergeBlocks(block, "vera.1"),
                    new Operation.MoveBlock(block, "V"),
                    new SetAttribute(block, "recalled", "true"),
                    new PublishDraft(block, 0),
                    new Operation.TakeOver(block),
                    new Operation.StartRun(block, "run"),
                    new Operation.AppendText(block, "run", 1, "x"),
                    new Operation.Redact(block))) {
                Decision decision = receive(VERA, submission(VERA, operation));
                boolean creates = operation instanceof Operation.StartRun && block.equals("none");
                assertRejected(decision, creates ? RejectCode.FOREIGN_ID : RejectCode.UNKNOWN_BLOCK);
            }
        }
    }

    @Test
    void aSuggestionMadeWhileItsTargetWasMergedFollowsTheText() {
        logged(receive(ANN, submission(ANN, message("ann.1", "one"))));
        logged(receive(ANN, submission(ANN, message("ann.2", "two"))));
        Position base = conversation.head();
        logged(receive(BOB, submission(BOB, new Operation.MergeBlocks("ann.2", "ann.1"))));

        logged(receive(ANN, at(base, ANN, suggestion("ann.3", "ann.2"), anchor("ann.2", 3, "ann.3"))));
        logged(receive(ANN, submission(ANN, new Operation.AcceptSuggestion("ann.3"))));

        assertThat(text("ann.1")).isEqualTo("one\nBetter");
    }

    @Test
    void anAnchorInATextOfAnotherLengthThanAtItsBaseIsRejected() {
        logged(receive(ANN, submission(ANN, message("ann.1", "one"))));
        Position base = conversation.head();
        logged(receive(ANN, submission(ANN, new EditText("ann.1", 3, TextEdit.insert(3, "x")))));
        logged(receive(ANN, submission(ANN, new EditText("ann.1", 4, TextEdit.insert(4, "y")))));
        Position between = conversation.head();
        logged(receive(ANN, submission(ANN, new EditText("ann.1", 5, TextEdit.insert(5, "z")))));
        logged(receive(ANN, submission(ANN, message("ann.2", "two"))));
        logged(receive(BOB, submission(BOB, new Operation.MergeBlocks("ann.2", "ann.1"))));

        for (int length : List.of(2, 4, 6, 10)) {
            assertRejected(suggest(base, length), RejectCode.LENGTH_MISMATCH);
        }
        assertRejected(suggest(between, 3), RejectCode.LENGTH_MISMATCH);
        assertRejected(suggest(conversation.head(), 6), RejectCode.LENGTH_MISMATCH);
        logged(suggest(base, 3));
        logged(suggest(between, 5));
        logged(suggest(conversation.head(), 10));
    }

    private Decision suggest(Position base, int length) {
        String id = "ann.anchored" + seqs.get("ann");
        return receive(ANN, at(base, ANN, suggestion(id, "ann.1"), anchor("ann.1", length, id)));
    }

    @Test
    void anAnchorIsInTheTextThatItsSubmissionMade() {
        logged(receive(ANN, submission(ANN, message("ann.1", "one"))));

        assertRejected(
                receive(
                        ANN,
                        submission(
                                ANN,
                                new EditText("ann.1", 3, TextEdit.insert(3, "x")),
                                suggestion("ann.2", "ann.1"),
                                anchor("ann.1", 3, "ann.2"))),
                RejectCode.LENGTH_MISMATCH);
        logged(receive(
                ANN,
                submission(
                        ANN,
                        new EditText("ann.1", 3, TextEdit.insert(3, "x")),
                        suggestion("ann.3", "ann.1"),
                        anchor("ann.1", 4, "ann.3"))));
        logged(receive(
                ANN,
                submission(ANN, message("ann.4", "own"), suggestion("ann.5", "ann.4"), anchor("ann.4", 3, "ann.5"))));
    }

    @Test
    void aReactionIsOnlyEverOnesOwn() {
        Author ended = new Author("b", Role.AGENT, "");
        logged(receive(VERA, submission(VERA, message("vera.1", "hi"))));

        assertRejected(
                receive(ended, submission(ended, new SetAttribute("vera.1", "reaction/+1/a/b", "yes"))),
                RejectCode.FORBIDDEN);
        assertRejected(
                receive(ended, submission(ended, new SetAttribute("vera.1", "reaction//b", "yes"))),
                RejectCode.FORBIDDEN);
        logged(receive(ended, submission(ended, new SetAttribute("vera.1", "reaction/+1/b", "yes"))));
    }

    @Test
    void aVisitorEditsOwnMessagesAndNobodyElses() {
        logged(receive(VERA, submission(VERA, message("vera.1", "hi"))));
        logged(receive(ANN, submission(ANN, message("ann.1", "hello"))));

        logged(receive(VERA, submission(VERA, new EditText("vera.1", 2, TextEdit.insert(2, "!")))));
        assertRejected(
                receive(VERA, submission(VERA, new EditText("ann.1", 5, TextEdit.insert(5, "!")))),
                RejectCode.FORBIDDEN);
        assertRejected(
                receive(ANN, submission(ANN, new EditText("vera.1", 3, TextEdit.insert(3, "!")))),
                RejectCode.FORBIDDEN);
    }

    @Test
    void aVisitorCannotTellADraftFromNothing() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "secret"))));

        assertRejected(
                receive(VERA, submission(VERA, new EditText("ann.1", 6, TextEdit.insert(0, "x")))),
                RejectCode.UNKNOWN_BLOCK);
        assertRejected(receive(VERA, submission(VERA, new PublishDraft("ann.1", 0))), RejectCode.UNKNOWN_BLOCK);
        assertRejected(
                receive(VERA, submission(VERA, new SetAttribute("ann.1", "recalled", "true"))),
                RejectCode.UNKNOWN_BLOCK);
    }

    @Test
    void aVisitorCreatesNeitherDraftsNorNotes() {
        assertRejected(receive(VERA, submission(VERA, draft("vera.1", "x"))), RejectCode.FORBIDDEN);
        assertRejected(
                receive(
                        VERA,
                        submission(VERA, new CreateBlock("vera.2", BlockKind.NOTE, View.STAFF, "x", Attributes.NONE))),
                RejectCode.FORBIDDEN);
        assertRejected(
                receive(
                        VERA,
                        submission(
                                VERA, new CreateBlock("vera.3", BlockKind.MESSAGE, View.STAFF, "x", Attributes.NONE))),
                RejectCode.FORBIDDEN);
    }

    @Test
    void anotherOnesOutboxIdIsForeignAndItsOwnerIsNotDisturbed() {
        logged(receive(VERA, submission(VERA, message("vera.1", "hi"))));
        Submission stolen = new Submission(
                new SubmissionId("vera", 1, 7), conversation.head(), List.of(message("vera.2", "mine")), 0);

        assertRejected(receive(ANN, stolen), RejectCode.FOREIGN_ID);
        logged(receive(VERA, submission(VERA, message("vera.2", "mine"))));
    }

    @Test
    void publishingFreezesTheTextAndShowsItToTheVisitor() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "Dear Vera"))));
        Decision.Logged published = (Decision.Logged) receive(ANN, submission(ANN, new PublishDraft("ann.1", 0)));

        assertThat(published.entry().entry().seenBy(View.PUBLIC).effects())
                .containsExactly(
                        new Effect.Create("ann.1", BlockKind.MESSAGE, View.PUBLIC, "Dear Vera", Attributes.NONE));
    }

    @Test
    void anEditMadeBeforeThePublicationIsRejectedAndOneMadeAfterIsACorrection() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "Dear Vera"))));
        Position before = conversation.head();
        logged(receive(ANN, submission(ANN, new PublishDraft("ann.1", 0))));

        assertRejected(
                receive(BOB, at(before, BOB, new EditText("ann.1", 9, TextEdit.insert(9, "!")))),
                RejectCode.BLOCK_PUBLISHED);
        logged(receive(ANN, submission(ANN, new EditText("ann.1", 9, TextEdit.insert(9, "!")))));
    }

    @Test
    void aDraftThatAColleagueChangedMeanwhileIsNotPublishedUnseen() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "Dear Vera"))));
        Position seen = conversation.head();
        logged(receive(BOB, submission(BOB, new EditText("ann.1", 9, TextEdit.insert(9, "!")))));

        assertRejected(receive(ANN, at(seen, ANN, new PublishDraft("ann.1", 0))), RejectCode.CHANGED);
        logged(receive(ANN, submission(ANN, new PublishDraft("ann.1", 0))));
    }

    @Test
    void aDraftIsPublishedOnce() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "Dear Vera"))));
        logged(receive(ANN, submission(ANN, new PublishDraft("ann.1", 0))));

        assertRejected(receive(BOB, submission(BOB, new PublishDraft("ann.1", 0))), RejectCode.BLOCK_PUBLISHED);
    }

    @Test
    void betweenAssistantAndHumanTheAssistantsTextStaysLeftWhicheverCameFirst() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "[]"))));
        Position base = conversation.head();
        logged(receive(ANN, at(base, ANN, new EditText("ann.1", 2, TextEdit.insert(1, "human")))));
        assertRejected(
                receive(AI, at(base, AI, new EditText("ann.1", 2, TextEdit.insert(1, "ai")))), RejectCode.FORBIDDEN);
        logged(receive(AI, submission(AI, draft("ai.2", "[]"))));
        base = conversation.head();
        logged(receive(ANN, at(base, ANN, new EditText("ai.2", 2, TextEdit.insert(1, "human")))));
        logged(receive(AI, at(base, AI, new EditText("ai.2", 2, TextEdit.insert(1, "ai")))));

        assertThat(text("ai.2")).isEqualTo("[aihuman]");
    }

    @Test
    void aCommandStandsAlone() {
        logged(receive(ANN, submission(ANN, draft("ann.1", "x"))));

        assertRejected(
                receive(ANN, submission(ANN, new PublishDraft("ann.1", 0), message("ann.2", "y"))),
                RejectCode.MALFORMED);
    }

    @Test
    void aReadMarkerMovesForwardOnlyAndNotPastTheHead() {
        receive(VERA, submission(VERA, new Operation.Advance("read", 1)));
        assertRejected(receive(VERA, submission(VERA, new Operation.Advance("read", 99))), RejectCode.OUT_OF_RANGE);
        receive(VERA, submission(VERA, new Operation.Advance("read", 0)));

        Delivery.Blocks all =
                (Delivery.Blocks) conversation.resumption().catchUp(1, Position.START, false, View.PUBLIC, List.of());
        assertThat(all.attributes()).containsEntry("read/vera", "1");
    }

    @Test
    void reservedAttributesAreTheGatewaysAlone() {
        for (String key : List.of("visitor", "kind", "name", "visitorName", "read/vera")) {
            assertRejected(receive(ANN, submission(ANN, new SetAttribute("", key, "x"))), RejectCode.FORBIDDEN);
        }
        assertRejected(receive(VERA, submission(VERA, new SetAttribute("", "assignee", "x"))), RejectCode.FORBIDDEN);
    }

    @Test
    void tooLargeIsRejectedForGood() {
        logged(receive(VERA, submission(VERA, message("vera.1", "x".repeat(Limits.DEFAULT.textLengthMax())))));
        assertRejected(
                receive(
                        VERA,
                        submission(
                                VERA, new EditText("vera.1", Limits.DEFAULT.textLengthMax(), TextEdit.insert(0, "y")))),
                RejectCode.TOO_LARGE);
        assertRejected(
                receive(VERA, submission(VERA, new SetAttribute("vera.1", "recalled", "x".repeat(2_000)))),
                RejectCode.TOO_LARGE);
    }

    @Test
    void aMergeThatWouldBeTooLargeIsRejected() {
        String half = "x".repeat(Limits.DEFAULT.textLengthMax() / 2 + 1);
        logged(receive(VERA, submission(VERA, message("vera.1", half))));
        logged(receive(VERA, submission(VERA, message("vera.2", half))));

        assertRejected(
                receive(ANN, submission(ANN, new Operation.MergeBlocks("vera.2", "vera.1"))), RejectCode.TOO_LARGE);
        assertThat(text("vera.2")).isEqualTo(half);
    }

    @Test
    void nobodyEditsByASuggestionWhatTheyMayNotEdit() {
        logged(receive(VERA, submission(VERA, message("vera.1", "I agree"))));
        logged(receive(ANN, submission(ANN, draft("ann.1", "Dear"))));
        logged(receive(AI, submission(AI, suggestion("ai.1", "ann.1"), anchor("ann.1", 4, "ai.1"))));
        logged(receive(ANN, submission(ANN, suggestion("ann.2", "vera.1"), anchor("vera.1", 7, "ann.2"))));

        assertRejected(receive(ANN, submission(ANN, new Operation.AcceptSuggestion("ann.2"))), RejectCode.FORBIDDEN);
        assertRejected(receive(AI, submission(AI, new Operation.AcceptSuggestion("ai.1"))), RejectCode.FORBIDDEN);
        assertThat(text("vera.1")).isEqualTo("I agree");

        logged(receive(ANN, submission(ANN, new Operation.AcceptSuggestion("ai.1"))));
        assertThat(text("ann.1")).isEqualTo("Better");
    }

    private static CreateBlock suggestion(String id, String target) {
        return new CreateBlock(
                id, BlockKind.SUGGESTION, View.STAFF, "Better", new TreeMap<>(Map.of(Attributes.TARGET, target)));
    }

    /** Over the whole of a text. */
    private static Operation anchor(String target, int length, String suggestion) {
        return new Operation.PlaceAnchor(target, length, suggestion, 0, length);
    }

    @Test
    void aBaseThatIsNoPointOfThisLogIsRefusedAndNothingIsRecorded() {
        Position foreign = new Position(1, 42);
        Position future = new Position(99, 42);

        for (Position base : List.of(foreign, future)) {
            assertThat(receive(
                            VERA,
                            new Submission(new SubmissionId("vera", 1, 1), base, List.of(message("vera.1", "hi")), 0)))
                    .isEqualTo(new Decision.Answered(new Answer.Refused(Refusal.FOREIGN_POSITION, 0)));
        }
        logged(receive(VERA, submission(VERA, message("vera.1", "hi"))));
    }

    @Test
    void aBaseOlderThanTheHistoryInMemoryIsRefusedAsBehind() {
        Position old = conversation.head();
        logged(receive(ANN, submission(ANN, draft("ann.1", ""))));
        for (int i = 0; i < 3_000; i++) {
            logged(receive(ANN, submission(ANN, new EditText("ann.1", i, TextEdit.insert(i, "x")))));
        }

        conversation.stored(conversation.takeAppend());
        assertThat(receive(BOB, at(old, BOB, message("bob.1", "hi"))))
                .isEqualTo(new Decision.Answered(new Answer.Refused(Refusal.BEHIND, 0)));
        assertThat(conversation.resumption().missingFor(old, true)).isNotNull();
    }

    @Test
    void anotherVisitorMayNotOpenIt() {
        assertThat(conversation.mayOpen(VERA)).isTrue();
        assertThat(conversation.mayOpen(WILL)).isFalse();
        assertThat(conversation.mayOpen(ANN)).isTrue();
    }

    @Test
    void timeNeverRunsBackwards() {
        long first = entryTime(conversation.receive(submission(VERA, message("vera.1", "hi")), VERA, 5_000));
        long second = entryTime(conversation.receive(submission(VERA, message("vera.2", "ho")), VERA, 2_000));

        assertThat(second).isEqualTo(first).isEqualTo(5_000);
    }

    private static long entryTime(Decision decision) {
        return ((Decision.Logged) decision).entry().entry().timeMillis();
    }

    private Decision receive(Author author, Submission submission) {
        return conversation.receive(submission, author, 2_000);
    }

    private Submission submission(Author author, Operation... operations) {
        return at(conversation.head(), author, operations);
    }

    private Submission at(Position base, Author author, Operation... operations) {
        long seq = seqs.merge(author.subject(), 1L, Long::sum);
        return new Submission(new SubmissionId(author.subject(), seq, seq * 31), base, List.of(operations), 0);
    }

    private Submission numbered(long seq, long contentId, Operation... operations) {
        return new Submission(new SubmissionId("vera", seq, contentId), conversation.head(), List.of(operations), 0);
    }

    private static CreateBlock message(String id, String text) {
        return new CreateBlock(id, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    private static CreateBlock draft(String id, String text) {
        return new CreateBlock(id, BlockKind.DRAFT, View.STAFF, text, Attributes.NONE);
    }

    private @Nullable String text(String block) {
        Delivery.Blocks all =
                (Delivery.Blocks) conversation.resumption().catchUp(1, Position.START, false, View.STAFF, List.of());
        return all.blocks().stream()
                .filter(candidate -> candidate.id().equals(block))
                .map(found -> found.text().toString())
                .findFirst()
                .orElse(null);
    }

    private static long logged(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Logged.class);
        return ((Decision.Logged) decision).entry().revision();
    }

    private static void assertRejected(Decision decision, RejectCode code) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Rejected.class, rejected -> assertThat(
                        rejected.answer().code())
                .isEqualTo(code));
    }

    private static void assertFault(Decision decision, OutboxFault fault, long lastSeq) {
        assertThat(decision).isEqualTo(new Decision.Answered(new Answer.Fault(fault, lastSeq)));
    }
}

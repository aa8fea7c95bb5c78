package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Room.Member;
import dev.parley.ot.TextEdit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plays with several members: what each sees while it is apart, and what all see in the end. */
class RoomTest {
    private final Room room = new Room();
    private final Member ann = room.join("ann", Role.AGENT);
    private final Member ben = room.join("ben", Role.AGENT);
    private final Member vic = room.join("vic", Role.VISITOR);

    private String sharedDraft(String text) {
        String draft = ann.draft(text);
        room.sync();
        return draft;
    }

    @Test
    void whatOneWritesTheOthersSee() {
        String message = vic.create("Hello?");
        assertThat(vic.text(message)).isEqualTo("Hello?");
        assertThat(ann.text(message)).isEqualTo("null");

        room.sync();

        assertThat(ann.text(message)).isEqualTo("Hello?");
        assertThat(ben.text(message)).isEqualTo("Hello?");
        room.converged();
    }

    @Test
    void editsMadeApartMeetInOneText() {
        String draft = sharedDraft("Hello");
        ann.delay();
        ann.type(draft, 5, "!");
        ben.delete(draft, 0, 1);
        room.sync();
        assertThat(ann.text(draft)).isEqualTo("Hello!");
        assertThat(ben.text(draft)).isEqualTo("ello");

        ann.sync();

        assertThat(ann.text(draft)).isEqualTo("ello!");
        assertThat(ben.text(draft)).isEqualTo("ello!");
        room.converged();
    }

    @Test
    void severalOperationsAtOnceMeetHistoryOneAfterTheOther() {
        String draft = sharedDraft("ab");
        ann.type(draft, 2, "Z");
        ben.delay();
        ben.replica()
                .submit(
                        List.of(
                                new Operation.EditText(draft, 2, TextEdit.delete(0, 2)),
                                new Operation.EditText(draft, 0, TextEdit.insert(0, "Q"))),
                        0);
        room.sync();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("QZ");
    }

    @Test
    void manyKeystrokesWaitAndGoOutInOrder() {
        String draft = sharedDraft("");
        ann.delay();
        for (int i = 0; i < 5; i++) {
            ann.type(draft, i, "hello".substring(i, i + 1));
        }
        ben.type(draft, 0, "world");
        room.sync();
        assertThat(ann.replica().pendingCount()).isEqualTo(5);
        assertThat(ann.text(draft)).isEqualTo("hello");

        room.converged();

        assertThat(room.log().text(draft)).hasToString("helloworld");
        assertThat(room.log().log()).hasSize(7);
    }

    @Test
    void textTypedIntoABlockThatWaitsItselfArrivesWithIt() {
        vic.delay();
        String message = vic.create("Hel");
        vic.type(message, 3, "lo");
        vic.type(message, 5, "!");
        assertThat(vic.text(message)).isEqualTo("Hello!");

        room.converged();

        assertThat(room.log().text(message)).hasToString("Hello!");
        assertThat(ann.text(message)).isEqualTo("Hello!");
    }

    @Test
    void theAssistantsTextStaysWholeAndLeft() {
        Member bot = room.join("bot", Role.ASSISTANT);
        String draft = sharedDraft("");
        bot.delay();
        bot.type(draft, 0, "The ");
        bot.type(draft, 4, "answer");
        ann.type(draft, 0, "human");
        room.sync();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("The answerhuman");

        String other = sharedDraft("");
        ben.delay();
        bot.type(other, 0, "first");
        ben.type(other, 0, "second");
        room.sync();
        room.converged();
        assertThat(room.log().text(other)).hasToString("firstsecond");
    }

    @Test
    void aLostAnswerIsAskedForAgainAndNothingIsDoubled() {
        String draft = sharedDraft("x");
        ann.type(draft, 1, "!");
        ann.send();
        ann.carryUp();
        ann.drop();
        ben.type(draft, 0, "<");
        room.sync();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("<x!");
        assertThat(ann.replica().answeredSeq()).isEqualTo(2);
    }

    @Test
    void aLostSubmissionIsSentAgain() {
        String draft = sharedDraft("x");
        ann.type(draft, 1, "!");
        ann.send();
        ann.drop();
        ben.type(draft, 0, "<");
        room.sync();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("<x!");
    }

    @Test
    void aLostAnswerInsideOfBlocksIsNotDoubledEither() {
        String draft = sharedDraft("x");
        ann.type(draft, 1, "!");
        ann.send();
        ann.carryUp();
        ann.drop();
        ann.losesItsPlace();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("x!");
        assertThat(ann.unsent()).isEmpty();
    }

    @Test
    void aSubmissionThatArrivesTwiceIsAppliedOnce() {
        String draft = sharedDraft("x");
        ann.type(draft, 1, "!");
        ann.type(draft, 2, "?");
        ann.send();
        ann.sendTwice();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("x!?");
        assertThat(ann.faults()).isEmpty();
    }

    @Test
    void anEditOfADraftThatWasPublishedBecomesUnsent() {
        String draft = sharedDraft("Dear");
        ben.delay();
        ben.type(draft, 4, " all");
        ben.type(draft, 8, "!");
        ben.set("", "assignee", "ben");
        ann.publish(draft);
        room.sync();
        assertThat(ben.text(draft)).isEqualTo("Dear all!");

        ben.sync();

        assertThat(ben.text(draft)).isEqualTo("Dear");
        assertThat(ben.unsent())
                .extracting(Replica.Unsent::code)
                .containsExactly(RejectCode.BLOCK_PUBLISHED, RejectCode.BLOCK_PUBLISHED);
        assertThat(ben.unsent())
                .extracting(Replica.Unsent::operations)
                .containsExactly(
                        List.of(new Operation.EditText(draft, 4, TextEdit.insert(4, " all"))),
                        List.of(new Operation.EditText(draft, 4, TextEdit.insert(4, "!"))));
        room.converged();
        assertThat(room.log().state().attribute("assignee")).isEqualTo("ben");
        assertThat(vic.text(draft)).isEqualTo("Dear");
    }

    @Test
    void anEditInFlightWhenItsDraftIsPublishedIsAnsweredUnderItsNumber() {
        String draft = sharedDraft("Dear");
        ben.type(draft, 4, "!");
        ben.send();
        ann.publish(draft);
        ann.sync();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("Dear");
        assertThat(ben.replica().answeredSeq()).isEqualTo(1);
        assertThat(ben.unsent()).extracting(Replica.Unsent::code).containsExactly(RejectCode.BLOCK_PUBLISHED);
    }

    @Test
    void anEditWhoseDraftWasPublishedLongAgoIsStillAnswered() {
        Room shortOfMemory = new Room(3);
        Member zoe = shortOfMemory.join("zoe", Role.AGENT);
        Member max = shortOfMemory.join("max", Role.AGENT);
        String draft = zoe.draft("Dear");
        shortOfMemory.sync();
        max.delay();
        max.type(draft, 4, "!");
        max.set("", "assignee", "max");
        zoe.publish(draft);
        for (int i = 0; i < 5; i++) {
            zoe.create("message " + i);
        }
        shortOfMemory.sync();

        shortOfMemory.converged();

        assertThat(max.unsent()).extracting(Replica.Unsent::code).containsExactly(RejectCode.BLOCK_PUBLISHED);
        assertThat(shortOfMemory.log().state().attribute("assignee")).isEqualTo("max");
    }

    @Test
    void aBaseTooFarBackIsCaughtUpBeforeItIsSent() {
        Room shortOfMemory = new Room(3);
        Member zoe = shortOfMemory.join("zoe", Role.AGENT);
        Member max = shortOfMemory.join("max", Role.AGENT);
        String draft = zoe.draft("Dear");
        shortOfMemory.sync();
        max.delay();
        max.drop();
        max.type(draft, 4, "!");
        for (int i = 0; i < 9; i++) {
            zoe.type(draft, 0, "-");
        }
        shortOfMemory.sync();

        shortOfMemory.converged();

        assertThat(shortOfMemory.log().text(draft)).hasToString("---------Dear!");
    }

    @Test
    void aPublicationMeetsTheVisitorAsANewMessage() {
        String draft = sharedDraft("Dear");
        ann.type(draft, 4, " visitor");
        room.sync();
        assertThat(vic.replica().confirmed().block(draft)).isNull();

        ann.publish(draft);
        room.sync();

        assertThat(vic.text(draft)).isEqualTo("Dear visitor");
        vic.type(draft, 0, "?");
        ann.type(draft, 12, "!");
        room.converged();
        assertThat(room.log().text(draft)).hasToString("?Dear visitor!");
    }

    @Test
    void publishingADraftThatAnotherChangedMeanwhileIsRejected() {
        String draft = sharedDraft("Dear");
        ann.delay();
        ann.publish(draft);
        ben.type(draft, 4, " all");
        room.sync();

        room.converged();

        assertThat(ann.unsent()).extracting(Replica.Unsent::code).containsExactly(RejectCode.CHANGED);
        assertThat(room.log().state().block(draft)).extracting(Block::kind).isEqualTo(BlockKind.DRAFT);
    }

    @Test
    void aRejectedEditIsTakenOutAndWhatWasTypedAfterItStays() {
        String draft = sharedDraft("Hello");
        String other = ann.draft("");
        room.sync();
        ann.delay();
        ann.type(draft, 5, " World");
        ann.type(other, 0, "kept");
        ben.set(draft, "locked", "1");
        room.sync();
        assertThat(ann.text(draft)).isEqualTo("Hello World");

        ann.sync();

        assertThat(ann.text(draft)).isEqualTo("Hello");
        assertThat(ann.text(other)).isEqualTo("kept");
        assertThat(ann.unsent())
                .extracting(Replica.Unsent::operations)
                .containsExactly(List.of(new Operation.EditText(draft, 5, TextEdit.insert(5, " World"))));
        room.converged();
    }

    @Test
    void whatNeededABlockThatWasRejectedGoesWithItAndNothingElse() {
        Room strict = new Room();
        Member zoe = strict.join("zoe", Role.AGENT);
        String other = zoe.draft("other");
        strict.sync();
        zoe.delay();
        String lost = zoe.replica().nextBlockId();
        zoe.replica()
                .submit(
                        List.of(
                                new Operation.CreateBlock(lost, BlockKind.NOTE, View.STAFF, "", Attributes.NONE),
                                new Operation.SetAttribute("nowhere", "a", "1")),
                        0);
        zoe.replica()
                .submit(
                        List.of(
                                new Operation.EditText(lost, 0, TextEdit.insert(0, "lost")),
                                new Operation.EditText(other, 5, TextEdit.insert(5, " kept"))),
                        0);

        strict.converged();

        assertThat(strict.log().text(other)).hasToString("other kept");
        assertThat(zoe.unsent())
                .extracting(Replica.Unsent::operations)
                .containsExactly(
                        List.of(
                                new Operation.CreateBlock(lost, BlockKind.NOTE, View.STAFF, "", Attributes.NONE),
                                new Operation.SetAttribute("nowhere", "a", "1")),
                        List.of(new Operation.EditText(lost, 0, TextEdit.insert(0, "lost"))));
    }

    @Test
    void pendingEditsWhoseTextIsGoneBecomeUnsentAndTheRestIsSent() {
        String draft = ben.draft("Hello");
        room.sync();
        ann.delay();
        ann.drop();
        ann.type(draft, 5, "!");
        String created = ann.create("new");
        ann.type(created, 3, "er");
        ann.replica()
                .submit(
                        List.of(
                                new Operation.EditText(draft, 6, TextEdit.insert(0, "?")),
                                new Operation.SetAttribute("", "state", "open")),
                        0);
        ben.type(draft, 0, "<");
        room.sync();
        ann.losesItsPlace();

        room.converged();

        assertThat(room.log().text(draft)).hasToString("<Hello");
        assertThat(room.log().text(created)).hasToString("newer");
        assertThat(room.log().state().attribute("state")).isEqualTo("open");
        assertThat(ann.unsent())
                .extracting(Replica.Unsent::operations)
                .containsExactly(
                        List.of(new Operation.EditText(draft, 5, TextEdit.insert(5, "!"))),
                        List.of(new Operation.EditText(draft, 6, TextEdit.insert(0, "?"))));
    }

    @Test
    void whatWasTypedIntoAnOwnDraftIsMergedWithWhatOthersMadeOfIt() {
        String draft = sharedDraft("The quick fox");
        ann.delay();
        ann.drop();
        ann.type(draft, 13, "!");
        ann.type(draft, 4, "very ");
        ann.type(draft, 19, " Yes.");
        ben.type(draft, 10, "brown ");
        room.sync();
        ann.losesItsPlace();

        room.converged();

        assertThat(ann.unsent()).isEmpty();
        assertThat(room.log().text(draft)).hasToString("The very quick brown fox! Yes.");
    }

    @Test
    void whatWasTypedBehindASubmissionWhoseAnswerComesWithTheBlocksIsMergedToo() {
        String draft = sharedDraft("The fox");
        String message = ann.create("Hello");
        room.sync();
        ann.type(draft, 4, "quick ");
        ann.send();
        ann.carryUp();
        ann.delay();
        ann.drop();
        ann.type(draft, 13, "!");
        ann.delete(draft, 0, 4);
        ann.type(message, 5, "?");
        room.sync();
        ben.type(draft, 10, "red ");
        room.sync();
        ann.losesItsPlace();

        room.converged();

        assertThat(ann.unsent()).isEmpty();
        assertThat(room.log().text(draft)).hasToString("quick red fox!");
        assertThat(room.log().text(message)).hasToString("Hello?");
    }

    @Test
    void theLaterOfTwoSetsWinsEverywhere() {
        ann.delay();
        ann.set("", "assignee", "ann");
        ben.set("", "assignee", "ben");
        room.sync();

        room.converged();

        assertThat(room.log().state().attribute("assignee")).isEqualTo("ann");
    }

    @Test
    void readMarkersNeverGoBack() {
        ann.delay();
        ann.read(1);
        Member annsPhone = room.join("ann", Role.AGENT);
        assertThat(annsPhone.author()).isEqualTo(ann.author());
        vic.create("one");
        room.sync();

        room.converged();

        assertThat(room.log().state().attribute("read/ann")).isEqualTo("1");
    }

    @Test
    void aMemberThatJoinsLateSeesTheSame() {
        String draft = sharedDraft("Dear");
        vic.create("Hello?");
        ben.type(draft, 4, " visitor");
        room.sync();
        room.join("late", Role.ADMIN);
        room.join("visitors-phone", Role.VISITOR);

        room.converged();
    }

    @Test
    void anOutboxThatSkipsANumberIsTold() {
        Submission fromTheFuture = new Submission(
                new SubmissionId("ann-box", 5, 99),
                Position.START,
                List.of(new Operation.SetAttribute("", "a", "1")),
                0);

        assertThat(room.log().submit(fromTheFuture, ann.author()))
                .isEqualTo(new Sequencer.Answer.Fault(Sequencer.OutboxFault.OUTBOX_RESET));
    }
}

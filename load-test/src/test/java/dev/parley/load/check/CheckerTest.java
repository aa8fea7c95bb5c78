package dev.parley.load.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.load.check.History.Event;
import dev.parley.load.check.Violation.Kind;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.View;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of fault is put into a run that was right, and has to be found. */
final class CheckerTest {
    private SmallRun run;

    @BeforeEach
    void rightRun() throws BrokenLogException {
        run = new SmallRun();
    }

    @Test
    void findsNothingInARunThatWasRight() {
        assertThat(run.check()).isEmpty();
    }

    @Test
    void findsAnAcknowledgedSubmissionThatTheLogLost() {
        run.log.remove(6);

        assertThat(run.kinds()).contains(Kind.LOST);
    }

    @Test
    void findsAnAcknowledgementWithAnotherRevision() {
        run.visitor.set(3, new Event.Accepted(SmallRun.key(Role.VISITOR, 1), 3));

        assertThat(run.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void findsASubmissionThatIsNeitherLoggedNorRejected() {
        run.visitor.add(5, new Event.Invoked(SmallRun.key(Role.VISITOR, 3)));

        assertThat(run.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void findsAConversationWithoutALog() {
        History history = new History("visitor/tab0", "visitor", Role.VISITOR, "visitor");

        assertThat(Checker.check(List.of(history), List.of()))
                .extracting(Violation::kind)
                .containsExactly(Kind.LOST);
    }

    @Test
    void findsASubmissionThatIsInTheLogTwice() {
        Entry again =
                run.log.get(6).toBuilder().setRevision(8).setTimeMillis(1_008).build();
        run.log.add(again);

        assertThat(run.kinds()).contains(Kind.DOUBLED);
    }

    @Test
    void findsAMissingRevision() {
        run.log.remove(3);

        assertThat(run.kinds()).contains(Kind.GAP);
    }

    @Test
    void findsAHeadThatIsNotTheLogs() {
        assertThat(Checker.check(List.of(), List.of(new Log("c1", run.log, SmallRun.position(8)))))
                .extracting(Violation::kind)
                .contains(Kind.GAP);
    }

    @Test
    void findsAnEntryThatNobodySent() {
        run.log.add(SmallRun.entry(8, Role.AGENT, 6, SmallRun.set("tag/y", "true", false, View.STAFF)));

        assertThat(run.kinds()).contains(Kind.UNASKED);
    }

    @Test
    void findsAnEntryUnderAnotherAuthorThanItsSender() {
        Entry entry = run.log.get(5);
        run.log.set(
                5,
                entry.toBuilder()
                        .setAuthor(entry.getAuthor().toBuilder().setSubject("somebody"))
                        .build());

        assertThat(run.kinds()).contains(Kind.UNASKED);
    }

    @Test
    void findsAnEntryWhoseSenderWasToldThatItWasRejected() {
        run.visitor.add(7, new Event.Rejected(SmallRun.key(Role.VISITOR, 2), RejectCode.FORBIDDEN));

        assertThat(run.kinds()).containsExactly(Kind.UNASKED);
    }

    @Test
    void findsSubmissionsOfAnOutboxInAnotherOrder() {
        Entry earlier = run.log.get(1);
        Entry later = run.log.get(5);
        run.log.set(1, withSubmissionOf(earlier, later));
        run.log.set(5, withSubmissionOf(later, earlier));

        assertThat(run.kinds()).contains(Kind.REORDERED);
    }

    private static Entry withSubmissionOf(Entry entry, Entry other) {
        return entry.toBuilder()
                .setSeq(other.getSeq())
                .setContentId(other.getContentId())
                .build();
    }

    @Test
    void findsAcknowledgementsInAnotherOrder() {
        Event first = run.visitor.get(3);
        run.visitor.set(3, run.visitor.get(6));
        run.visitor.set(6, first);

        assertThat(run.kinds()).containsExactly(Kind.REORDERED);
    }

    @Test
    void findsAnEditOfATextOfAnotherLength() {
        run.log.set(3, SmallRun.entry(4, Role.AGENT, 2, SmallRun.insert("agent.1", 1, " 🙂", View.STAFF)));

        assertThat(run.kinds()).contains(Kind.BROKEN_LOG);
    }

    @Test
    void findsAnEffectThatIsForMoreThanItsBlockIsFor() {
        run.log.set(3, SmallRun.entry(4, Role.AGENT, 2, SmallRun.insert("agent.1", 2, " 🙂", View.PUBLIC)));

        assertThat(run.kinds()).contains(Kind.BROKEN_LOG);
    }

    @Test
    void findsAPublicationOfAnotherTextThanTheDrafts() {
        run.log.set(4, SmallRun.entry(5, Role.AGENT, 3, SmallRun.reveal("agent.1", "hi")));

        assertThat(run.kinds()).contains(Kind.BROKEN_LOG);
    }

    @Test
    void findsAnEntryThatWasDeliveredTwice() {
        run.visitor.add(4, run.received(View.PUBLIC, 1, 2));

        assertThat(run.kinds()).containsExactly(Kind.DELIVERED_TWICE);
    }

    @Test
    void findsAnEntryThatWasLeftOut() {
        run.agent.set(5, new Event.Received(3, SmallRun.position(4), List.of()));

        assertThat(run.kinds()).containsExactly(Kind.NOT_DELIVERED);
    }

    @Test
    void findsEntriesThatDoNotFollowOnWhatTheReplicaHad() {
        run.agent.remove(5);

        assertThat(run.kinds()).containsExactly(Kind.NOT_DELIVERED);
    }

    @Test
    void findsADeliveredEntryThatIsNotTheLogs() {
        Entry other = SmallRun.entry(
                2, Role.VISITOR, 1, SmallRun.create("visitor.1", BlockKind.MESSAGE, "hullo", View.PUBLIC));
        run.visitor.set(2, new Event.Received(1, SmallRun.position(2), List.of(Delivery.of(other))));

        assertThat(run.kinds()).containsExactly(Kind.FOREIGN_DELIVERY);
    }

    @Test
    void findsNothingWhereATextWasReadBeforeItWasRedacted() throws BrokenLogException {
        run.redact();

        assertThat(run.check()).isEmpty();
    }

    @Test
    void findsADeliveryThatNoRedactionExplains() throws BrokenLogException {
        run.redact();
        Entry longer = SmallRun.entry(
                2, Role.VISITOR, 1, SmallRun.create("visitor.1", BlockKind.MESSAGE, "hello!", View.PUBLIC));
        run.visitor.set(2, new Event.Received(1, SmallRun.position(2), List.of(Delivery.of(longer))));

        assertThat(run.kinds()).containsExactly(Kind.FOREIGN_DELIVERY);
    }

    @Test
    void findsBlocksThatNoRedactionExplains() throws BrokenLogException {
        String before = run.canonicalText(2, View.STAFF);
        run.redact();
        run.agent.set(
                0, new Event.Replaced(SmallRun.position(2), false, before.replace("\"rank\":\"\"", "\"rank\":\"V\"")));

        assertThat(run.kinds()).containsExactly(Kind.DIVERGED);
    }

    @Test
    void findsATextThatIsThereAfterItsRedaction() throws BrokenLogException {
        run.redact();
        Event.Ended ended = (Event.Ended) run.visitor.get(run.visitor.size() - 1);
        run.visitor.set(
                run.visitor.size() - 1,
                new Event.Ended(
                        ended.position(),
                        0,
                        ended.canonicalText().replaceFirst("\"text\":\"\"", "\"text\":\"hello\"")));

        assertThat(run.kinds()).containsExactly(Kind.DIVERGED);
    }

    @Test
    void findsWhatIsForStaffAtAVisitor() {
        run.visitor.set(5, run.received(View.STAFF, 2, 6));

        assertThat(run.kinds()).contains(Kind.LEAKED);
    }

    @Test
    void findsABlockForStaffAtAVisitor() throws BrokenLogException {
        run.visitor.set(5, new Event.Replaced(SmallRun.position(6), true, run.canonicalText(6, View.PUBLIC)));

        assertThat(run.kinds()).containsExactly(Kind.LEAKED);
    }

    @Test
    void findsTwoLogsUnderOneRevision() {
        run.agent.set(
                5,
                new Event.Received(
                        3,
                        SmallRun.position(4).toBuilder()
                                .setHead(SmallRun.position(9).getHead())
                                .build(),
                        ((Event.Received) run.agent.get(5)).entries()));
        run.visitor.add(6, new Event.Received(6, SmallRun.position(6), List.of()));
        run.visitor.set(5, new Event.Received(2, SmallRun.position(4), List.of()));
        run.visitor.add(6, run.received(View.PUBLIC, 4, 6));

        assertThat(run.kinds()).containsExactly(Kind.FORKED_LOG);
    }

    @Test
    void findsAReplicaThatEndsDifferent() {
        Event.Ended ended = (Event.Ended) run.visitor.get(7);
        run.visitor.set(
                7, new Event.Ended(ended.position(), 0, ended.canonicalText().replace("hello", "hullo")));

        assertThat(run.check()).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Kind.DIVERGED);
            assertThat(violation.description()).contains("visitor/tab0");
        });
    }

    @Test
    void findsBlocksThatAreNotTheStateAtTheirPosition() throws BrokenLogException {
        run.agent.set(0, new Event.Replaced(SmallRun.position(2), false, run.canonicalText(1, View.STAFF)));

        assertThat(run.kinds()).containsExactly(Kind.DIVERGED);
    }

    @Test
    void findsARevisionThatIsGone() throws BrokenLogException {
        run.agent.add(
                run.agent.size() - 1,
                new Event.Replaced(SmallRun.position(9), false, run.canonicalText(7, View.STAFF)));

        assertThat(run.kinds()).contains(Kind.LOST);
    }

    @Test
    void findsAnOutboxFault() {
        run.visitor.add(1, new Event.Faulted(SmallRun.key(Role.VISITOR, 1), OutboxFaultCode.FORKED));

        assertThat(run.kinds()).containsExactly(Kind.OUTBOX_FAULT);
    }

    @Test
    void findsAReplicaThatDidNotCatchUp() throws BrokenLogException {
        run.agent.removeIf(event ->
                event instanceof Event.Received received && received.to().getRevision() == 7);
        run.agent.set(run.agent.size() - 1, new Event.Ended(SmallRun.position(5), 0, run.canonicalText(5, View.STAFF)));

        assertThat(run.kinds()).containsExactly(Kind.STUCK);
    }

    @Test
    void findsAReplicaThatDidNotCatchUpAndIsWrongWhereItStands() throws BrokenLogException {
        run.agent.removeIf(event ->
                event instanceof Event.Received received && received.to().getRevision() == 7);
        run.agent.set(run.agent.size() - 1, new Event.Ended(SmallRun.position(5), 0, run.canonicalText(4, View.STAFF)));

        assertThat(run.kinds()).containsExactly(Kind.STUCK, Kind.DIVERGED);
    }

    @Test
    void findsSubmissionsThatWereNeverAnswered() {
        Event.Ended ended = (Event.Ended) run.visitor.get(7);
        run.visitor.set(7, new Event.Ended(ended.position(), 2, ended.canonicalText()));

        assertThat(run.kinds()).containsExactly(Kind.STUCK);
    }

    @Test
    void findsAReplicaWithoutAnEnd() {
        run.visitor.remove(7);

        assertThat(run.kinds()).containsExactly(Kind.STUCK);
    }

    @Test
    void findsAClientThatFailed() {
        run.visitor.add(1, new Event.Failed("was sent away"));

        assertThat(run.kinds()).containsExactly(Kind.FAILED);
    }
}

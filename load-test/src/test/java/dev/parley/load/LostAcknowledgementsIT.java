package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Submission;
import dev.parley.load.TcpProxy.Direction;
import dev.parley.wire.v1.ServerFrame;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that break between the gateway's commit and its answer, or anywhere around it. */
final class LostAcknowledgementsIT {
    private static final int CUTS = 40;
    private static final int ENTRY_BYTES_ABOUT = 250;

    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.strict();

    /** Counts submissions that were acknowledged on another connection than they were made on. */
    private static final class LateAcknowledgements implements Observer {
        private final AtomicInteger late = new AtomicInteger();
        private int cutsWhenMade;

        @Override
        public void acknowledged(WireConversation at, Submission sent, long revision) {
            if (at.client().cuts() > cutsWhenMade) {
                late.incrementAndGet();
            }
        }
    }

    @Test
    void aCommittedSubmissionWhoseAnswerWasLostIsLoggedOnceAndAcknowledgedOnTheNextConnection() {
        Seed seed = Seed.of(LostAcknowledgementsIT.class);
        SplittableRandom random = seed.random();
        LateAcknowledgements observer = new LateAcknowledgements();
        try (TcpProxy proxy = TcpProxy.to(GATEWAY.process().port())) {
            WireClient client = GATEWAY.connect(proxy.webSocket(), TestGateway.visitor("lost"), 0, seed, observer);
            WireConversation chat = GATEWAY.open(client, "chat");
            double acceptedBefore = GATEWAY.metrics().sum("parley_submissions_accepted_total");
            for (int i = 0; i < CUTS; i++) {
                // Nothing leaves before it is durable: when the first byte of an answer comes by, the entry is
                // committed.
                proxy.cutAfter(Direction.TO_CLIENT, i % 2 == 0 ? 0 : random.nextInt(ENTRY_BYTES_ABOUT));
                submitAndAwaitAnswer(chat, observer, "message " + i);
            }

            assertThat(GATEWAY.judge(chat)).isEmpty();
            assertThat(GATEWAY.metrics().sum("parley_submissions_accepted_total") - acceptedBefore)
                    .isEqualTo(CUTS);
            System.out.println(proxy.cuts() + " cuts, " + observer.late + " acknowledged on a later connection, "
                    + GATEWAY.metrics().sum("parley_submissions_repeated_total") + " sent again for nothing");
            assertThat(observer.late.get()).isGreaterThanOrEqualTo(CUTS / 2);
        }
    }

    @Test
    void aSubmissionThatWasCutAnywhereOnItsWayIsLoggedOnce() {
        Seed seed = Seed.of(LostAcknowledgementsIT.class);
        SplittableRandom random = seed.random();
        LateAcknowledgements observer = new LateAcknowledgements();
        try (TcpProxy proxy = TcpProxy.to(GATEWAY.process().port())) {
            WireClient client = GATEWAY.connect(proxy.webSocket(), TestGateway.visitor("half"), 0, seed, observer);
            WireConversation chat = GATEWAY.open(client, "chat");
            for (int i = 0; i < CUTS; i++) {
                proxy.cutAfter(Direction.TO_SERVER, random.nextInt(ENTRY_BYTES_ABOUT));
                submitAndAwaitAnswer(chat, observer, "message " + i);
            }

            assertThat(GATEWAY.judge(chat)).isEmpty();
            System.out.println(proxy.cuts() + " cuts, " + observer.late + " acknowledged on a later connection");
        }
    }

    private static void submitAndAwaitAnswer(WireConversation chat, LateAcknowledgements observer, String text) {
        GATEWAY.onLoop().run(() -> {
            observer.cutsWhenMade = chat.client().cuts();
            NewBlock.message(chat, text);
        });
        GATEWAY.onLoop()
                .await(
                        "'" + text + "' is acknowledged",
                        TestGateway.LONG,
                        () -> chat.isOpen() && chat.replica().pendingCount() == 0);
    }

    @Test
    void aSubmissionSentManyTimesOverSeveralConnectionsIsLoggedOnceAndAlwaysAnsweredWithTheSameRevision()
            throws IOException {
        String token = GATEWAY.token(TestGateway.visitor("parrot"));
        for (int connection = 0; connection < 3; connection++) {
            try (RawChat chat = RawChat.open(GATEWAY.process().port(), token)) {
                for (int i = 0; i < 10; i++) {
                    chat.submit("parrot", 1, 4711, RawChat.message("parrot.1", "again"));
                }
                for (int i = 0; i < 10; i++) {
                    ServerFrame answer = chat.awaitAnswer();

                    boolean first = connection == 0 && i == 0;
                    assertThat(answer.hasEntries()).isEqualTo(first);
                    assertThat(
                                    first
                                            ? answer.getEntries().getEntries(0).getRevision()
                                            : answer.getAnswer().getAccepted().getRevision())
                            .isEqualTo(2);
                }
            }
        }
    }
}

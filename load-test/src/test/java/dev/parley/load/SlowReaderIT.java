package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.load.TcpProxy.Direction;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A connection that takes nothing for a while, until the gateway stops to tell it things. */
final class SlowReaderIT {
    private static final int CONVERSATIONS = 5;
    private static final int ROUNDS = 2;
    private static final String LONG_TEXT = "很长的文字".repeat(3_200);

    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.strict();

    @Test
    void aConnectionThatTookNothingForAWhileGetsAllItMissedWhileOthersGoOn() {
        Seed seed = Seed.of(SlowReaderIT.class);
        OnLoop onLoop = GATEWAY.onLoop();
        try (TcpProxy proxy = TcpProxy.to(GATEWAY.process().port())) {
            WireClient slow = GATEWAY.connect(proxy.webSocket(), TestGateway.agent("slow"), 0, seed, new Observer() {});
            WireClient brisk = GATEWAY.connect(
                    GATEWAY.process().webSocket(), TestGateway.agent("brisk"), 0, seed, new Observer() {});
            List<WireConversation> slowOnes = new ArrayList<>();
            List<WireConversation> briskOnes = new ArrayList<>();
            List<WireConversation> all = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                WireConversation visitor = GATEWAY.open(
                        GATEWAY.connect(
                                GATEWAY.process().webSocket(),
                                TestGateway.visitor("visitor" + i),
                                0,
                                seed,
                                new Observer() {}),
                        "chat");
                slowOnes.add(GATEWAY.open(slow, visitor.conversation()));
                briskOnes.add(GATEWAY.open(brisk, visitor.conversation()));
                all.add(visitor);
            }
            all.addAll(slowOnes);
            all.addAll(briskOnes);
            List<String> drafts = onLoop.get(() -> briskOnes.stream()
                    .map(there -> NewBlock.draft(there, "draft"))
                    .toList());
            for (int i = 0; i < CONVERSATIONS; i++) {
                String draft = drafts.get(i);
                WireConversation there = slowOnes.get(i);
                onLoop.await(
                        "the draft is there",
                        TestGateway.LONG,
                        () -> there.replica().confirmed().block(draft) != null);
            }
            for (int round = 1; round <= ROUNDS; round++) {
                double laggedBefore = GATEWAY.metrics().sum("parley_lagged_total");
                proxy.hold(Direction.TO_CLIENT, true);
                int cutsBefore = onLoop.get(slow::cuts);
                while (GATEWAY.metrics().sum("parley_lagged_total") < laggedBefore + CONVERSATIONS
                        && onLoop.get(slow::cuts) == cutsBefore) {
                    onLoop.run(() -> {
                        for (int i = 0; i < CONVERSATIONS; i++) {
                            type(slowOnes.get(i), drafts.get(i));
                            NewBlock.note(briskOnes.get(i), LONG_TEXT);
                        }
                    });
                    onLoop.await("the brisk one is answered", TestGateway.LONG, () -> briskOnes.stream()
                            .allMatch(conversation -> conversation.replica().pendingCount() == 0));
                }
                proxy.hold(Direction.TO_CLIENT, false);
                onLoop.run(() -> briskOnes.forEach(there -> NewBlock.note(there, LONG_TEXT)));
            }

            assertThat(GATEWAY.judge(all.toArray(WireConversation[]::new))).isEmpty();
            System.out.printf(
                    "%,.0f times withheld, the slow connection ended %d times%n",
                    GATEWAY.metrics().sum("parley_lagged_total"), onLoop.get(slow::cuts));
        }
    }

    private static void type(WireConversation conversation, String draft) {
        conversation.edit(draft, TextEdit.insert(0, "x"));
    }
}

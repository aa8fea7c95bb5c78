package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.CanonicalText;
import dev.parley.ot.TextEdit;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A visitor's tab goes offline, and life goes on on both sides. */
final class AirplaneIT {
    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.strict();

    @Test
    void whatWasWrittenOfflineArrivesOnceInOrderAndMergesWithWhatOthersWroteMeanwhile() {
        Seed seed = Seed.of(AirplaneIT.class);
        OnLoop onLoop = GATEWAY.onLoop();
        try (TcpProxy proxy = TcpProxy.to(GATEWAY.process().port())) {
            WireConversation plane = GATEWAY.open(
                    GATEWAY.connect(proxy.webSocket(), TestGateway.visitor("vera"), 0, seed, new Observer() {}),
                    "chat");
            WireConversation home = GATEWAY.open(
                    GATEWAY.connect(
                            GATEWAY.process().webSocket(), TestGateway.visitor("vera"), 1, seed, new Observer() {}),
                    "chat");
            WireConversation desk = GATEWAY.open(
                    GATEWAY.connect(
                            GATEWAY.process().webSocket(), TestGateway.agent("adam"), 0, seed, new Observer() {}),
                    plane.conversation());
            String shared = onLoop.get(() -> NewBlock.message(plane, "where is it"));
            awaitText(home, shared, "where is it");
            onLoop.await("it is saved", TestGateway.LONG, () -> plane.replica().pendingCount() == 0);

            proxy.closeToNew(true);
            proxy.cut();
            onLoop.run(() -> {
                for (int i = 1; i <= 5; i++) {
                    NewBlock.message(plane, "offline " + i);
                }
                String pending = NewBlock.message(plane, "draught");
                plane.edit(pending, TextEdit.replace(3, 4, "ft"));
                plane.edit(shared, TextEdit.insert(11, ", my order?"));
            });
            onLoop.run(() -> home.edit(shared, TextEdit.insert(0, "Hello, ")));
            onLoop.run(() -> NewBlock.message(desk, "let me look"));
            awaitText(desk, shared, "Hello, where is it");
            assertThat(onLoop.get(() -> plane.replica().pendingCount())).isEqualTo(8);

            proxy.closeToNew(false);

            awaitText(desk, shared, "Hello, where is it, my order?");
            awaitText(plane, shared, "Hello, where is it, my order?");
            onLoop.await(
                    "all is answered", TestGateway.LONG, () -> plane.replica().pendingCount() == 0);
            assertThat(GATEWAY.judge(plane, home, desk)).isEmpty();
            assertThat(messages(home))
                    .containsExactly(
                            "Hello, where is it, my order?",
                            "let me look",
                            "offline 1",
                            "offline 2",
                            "offline 3",
                            "offline 4",
                            "offline 5",
                            "draft");
            assertThat(onLoop.get(() -> CanonicalText.of(plane.replica().confirmed())))
                    .isEqualTo(onLoop.get(() -> CanonicalText.of(home.replica().confirmed())));
            assertThat(onLoop.get(() -> plane.replica().unsent())).isEmpty();
            onLoop.await(
                    "the visitor is told that all of it reached the desk",
                    TestGateway.LONG,
                    () -> plane.delivered().getVisitorToStaff() >= lastRevisionOf(plane, TestGateway.visitor("vera")));
        }
    }

    private static void awaitText(WireConversation conversation, String block, String text) {
        GATEWAY.onLoop().await(conversation.client().name() + " shows '" + text + "'", TestGateway.LONG, () -> {
            Block confirmed = conversation.replica().confirmed().block(block);
            return confirmed != null && confirmed.text().toString().equals(text);
        });
    }

    private static long lastRevisionOf(WireConversation conversation, Author author) {
        return conversation.replica().confirmed().blocks().stream()
                .filter(block -> block.author().is(author))
                .mapToLong(Block::revision)
                .max()
                .orElseThrow();
    }

    private static List<String> messages(WireConversation conversation) {
        return GATEWAY.onLoop().get(() -> conversation.replica().confirmed().blocks().stream()
                .sorted(Comparator.comparingLong(Block::revision))
                .map(block -> block.text().toString())
                .toList());
    }
}

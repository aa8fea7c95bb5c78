package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.store.redis.RedisServer;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a principal may do and have at two gateways on a real Redis together. */
@Timeout(120)
class LimitsNodesTest {
    private static final int PER_SECOND = 10;
    private static final int BURST = 200;
    private static final int CONNECTIONS = 4;

    private final RedisServer redis = RedisServer.start("--appendfsync", "no");
    private final List<WireSocket> sockets = new ArrayList<>();
    private RunningGateway a;
    private RunningGateway b;

    @BeforeEach
    void start() throws Exception {
        a = node();
        b = node();
    }

    private RunningGateway node() throws Exception {
        return new RunningGateway(
                StoreKind.of(redis.uri()), Limits.DEFAULT.withCounted(PER_SECOND, BURST, CONNECTIONS, 0));
    }

    @AfterEach
    void stop() {
        sockets.forEach(WireSocket::close);
        a.close();
        b.close();
        redis.close();
    }

    @Test
    void connectionsAtTheOtherNodeAreCountedAsSoonAsTheyAreTold() throws Exception {
        for (int i = 0; i < CONNECTIONS - 1; i++) {
            assertThat(isWelcome(a)).isTrue();
        }
        assertThat(isWelcome(b)).isTrue();
        awaitRefused(b);
        awaitRefused(a);

        sockets.remove(0).close();
        awaitWelcome(b);
        awaitRefused(a);
    }

    @Test
    void connectionsOfANodeThatDiedAreFreeAfterItsLease() throws Exception {
        for (int i = 0; i < CONNECTIONS - 1; i++) {
            assertThat(isWelcome(a)).isTrue();
        }
        assertThat(isWelcome(b)).isTrue();
        awaitRefused(b);
        long killedNanos = System.nanoTime();
        a.close();
        awaitWelcome(b);

        System.out.println("free after " + (System.nanoTime() - killedNanos) / 1_000_000 + " ms");
    }

    @Test
    void withRedisAwayEachNodeHoldsItsOwnCount() throws Exception {
        try (WireSocket vera = a.socket(Role.VISITOR, "vera")) {
            vera.awaitFence();
            vera.open("");
            redis.kill();
            for (int i = 0; i < 2 * BURST; i++) {
                vera.submit(message(vera));
            }

            vera.await(
                    "a refusal of its own node",
                    frame -> frame.getAnswer().getRefused().getCode() == RefuseCode.RATE_LIMITED);
        }
    }

    @Test
    void whatPassedAtOneNodeIsTakenFromWhatMayPassAtTheOther() throws Exception {
        String chat = a.conversationOf("vera");
        try (WireSocket here = a.socket(Role.AGENT, "ann");
                WireSocket there = b.socket(Role.AGENT, "ann")) {
            here.open(chat);
            there.open(chat);
            for (int i = 0; i < BURST; i++) {
                here.submit(message(here));
            }
            int passed = 0;
            there.submit(message(there));
            RefuseCode refused = awaitAnswer(there);
            while (refused != RefuseCode.RATE_LIMITED) {
                Thread.sleep(50);
                if (refused == RefuseCode.REFUSE_CODE_UNSPECIFIED) {
                    passed++;
                    there.submit(message(there));
                } else {
                    there.submitAgain();
                }
                refused = awaitAnswer(there);
            }

            System.out.println(passed + " passed at the other node");
            assertThat(passed).isLessThan(BURST);
        }
    }

    /** Why what was submitted last was refused, if it was. */
    private static RefuseCode awaitAnswer(WireSocket socket) throws Exception {
        return socket.await(
                        "an answer",
                        frame -> frame.getAnswer().hasRefused()
                                || frame.getEntries().getEntriesList().stream()
                                        .anyMatch(entry -> entry.getOutbox().equals(socket.outbox())))
                .getAnswer()
                .getRefused()
                .getCode();
    }

    private boolean isWelcome(RunningGateway gateway) throws Exception {
        WireSocket socket = gateway.socket(Role.VISITOR, "vera");
        ServerFrame first = socket.await("an answer", frame -> true);
        if (first.hasWelcome()) {
            sockets.add(socket);
            return true;
        }
        assertThat(first.getFailure().getCode()).isEqualTo(FailureCode.TOO_MANY);
        socket.close();
        return false;
    }

    private void awaitWelcome(RunningGateway gateway) throws Exception {
        while (!isWelcome(gateway)) {
            Thread.sleep(50);
        }
    }

    /** Who is let in before that goes again. */
    private void awaitRefused(RunningGateway gateway) throws Exception {
        while (isWelcome(gateway)) {
            sockets.remove(sockets.size() - 1).close();
            Thread.sleep(50);
        }
    }

    private static Operation message(WireSocket socket) {
        return new Operation.CreateBlock(socket.newBlock(), BlockKind.MESSAGE, View.PUBLIC, "hello", Attributes.NONE);
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.GoAway;
import dev.parley.wire.v1.ServerFrame;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway that ends while others go on, over real sockets. */
class DrainTest {
    private static final int CONNECTIONS = 8;
    private static final int WAIT_SECONDS = 30;

    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void everybodyIsToldToGoAtAnotherMomentAndServedUntilThen() throws Exception {
        WireSocket[] sockets = new WireSocket[CONNECTIONS];
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets[i] = gateway.socket(Role.VISITOR, "visitor" + i);
            sockets[i].awaitFence();
        }
        assertThat(gateway.status("/readyz")).isEqualTo(200);

        CompletableFuture<Void> drained = drain();

        Set<Integer> delays = new HashSet<>();
        for (WireSocket socket : sockets) {
            GoAway goAway = awaitGoAway(socket);
            assertThat(goAway.getDelayMillis()).isPositive().isLessThan(goAway.getDeadlineMillis());
            delays.add(goAway.getDelayMillis());
        }
        assertThat(delays).hasSizeGreaterThan(CONNECTIONS / 2);
        assertThat(gateway.status("/readyz")).isEqualTo(404);
        assertThat(gateway.status("/healthz")).isEqualTo(200);
        assertThat(sockets[0].open("").getConversation()).isNotEmpty();
        assertThat(drained).isNotDone();
        for (WireSocket socket : sockets) {
            socket.close();
        }
        drained.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void whoComesLateIsToldTooAndWhoStaysIsClosed() throws Exception {
        try (WireSocket here = gateway.socket(Role.VISITOR, "vera")) {
            here.awaitFence();
            CompletableFuture<Void> drained = drain();
            awaitGoAway(here);
            try (WireSocket late = gateway.socket(Role.VISITOR, "victor")) {
                assertThat(awaitGoAway(late).getDeadlineMillis()).isPositive();
                gateway.close();
                assertThat(here.awaitClose()).isEqualTo(CloseCode.SERVICE_RESTART.code());
                assertThat(late.awaitClose()).isEqualTo(CloseCode.SERVICE_RESTART.code());
                drained.get(WAIT_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private CompletableFuture<Void> drain() {
        return CompletableFuture.runAsync(() -> {
            try {
                gateway.drain();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static GoAway awaitGoAway(WireSocket socket) throws Exception {
        return socket.await("GoAway", ServerFrame::hasGoAway).getGoAway();
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.Failure;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.GoAway;
import dev.parley.wire.v1.ServerFrame;
import java.net.http.HttpRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that ends while others go on, over real sockets. */
@Timeout(120)
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

    @Test
    void theOperatorDrainsAGatewayThatStaysUpUntilItIsStopped() throws Exception {
        try (WireSocket here = gateway.socket(Role.VISITOR, "vera")) {
            here.awaitFence();
            Reply before = gateway.get(RunningGateway.OPERATOR_SECRET, "/v1/drain");
            assertThat(before.status()).isEqualTo(200);
            assertThat(before.json().text("state")).isEqualTo("serving");
            assertThat(before.json().number("connections")).isEqualTo(1);

            Reply begun = gateway.post(RunningGateway.OPERATOR_SECRET, "/v1/drain", "{\"seconds\": 2}");
            assertThat(begun.status()).isEqualTo(202);
            assertThat(begun.json().text("state")).isEqualTo("draining");
            assertThat(begun.json().number("deadlineMillis")).isPositive();
            assertThat(awaitGoAway(here).getDeadlineMillis()).isBetween(1, 2_000);
            assertThat(gateway.status("/readyz")).isEqualTo(404);
            assertThat(here.open("").getConversation()).isNotEmpty();

            assertThat(here.awaitClose()).isEqualTo(CloseCode.SERVICE_RESTART.code());
        }
        awaitState("drained");
        assertThat(gateway.status("/readyz")).isEqualTo(404);
        assertThat(gateway.status("/healthz")).isEqualTo(200);
        try (WireSocket late = gateway.socket(Role.VISITOR, "victor")) {
            Failure failure = late.await("Failure", ServerFrame::hasFailure).getFailure();
            assertThat(failure.getCode()).isEqualTo(FailureCode.GOING_AWAY);
            assertThat(failure.getDelayMillis()).isPositive();
            assertThat(late.awaitClose()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        }
        drain().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aDrainIsMadeShorterByALaterOneAndNeverLonger() throws Exception {
        long first = deadline("{}");
        assertThat(deadline("{\"seconds\": 3600}")).isEqualTo(first);
        assertThat(deadline("{\"seconds\": 1}")).isLessThan(first);
        assertThat(deadline("")).isLessThan(first);
    }

    @Test
    void nobodyButTheOperatorDrains() throws Exception {
        String admin = gateway.token(Role.ADMIN, "dana");
        for (String other : List.of(admin, "", "x", RunningGateway.OPERATOR_SECRET + "x", "x".repeat(1_000))) {
            for (Reply reply : List.of(gateway.post(other, "/v1/drain", ""), gateway.get(other, "/v1/drain"))) {
                assertThat(reply.status()).isEqualTo(401);
                assertThat(reply.json().text("code")).isEqualTo("unauthenticated");
            }
        }
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/drain"))
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(401);
        assertThat(gateway.status("/readyz")).isEqualTo(200);
    }

    @Test
    void whatIsNoTimeDrainsNothing() throws Exception {
        for (String body : List.of(
                "x", "[]", "[[\"seconds\", 1]]", "{\"seconds\": -1}", "{\"seconds\": 3601}", "{\"minutes\": 1}")) {
            assertThat(gateway.post(RunningGateway.OPERATOR_SECRET, "/v1/drain", body)
                            .status())
                    .as(body)
                    .isEqualTo(400);
        }
        Reply deleted = gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/drain"))
                .header("Authorization", "Bearer " + RunningGateway.OPERATOR_SECRET)
                .DELETE());
        assertThat(deleted.status()).isEqualTo(405);
        assertThat(deleted.response().headers().firstValue("allow")).contains("GET, POST");
        assertThat(gateway.status("/readyz")).isEqualTo(200);
    }

    private long deadline(String body) throws Exception {
        return gateway.post(RunningGateway.OPERATOR_SECRET, "/v1/drain", body)
                .json()
                .number("deadlineMillis");
    }

    private void awaitState(String state) throws Exception {
        while (!gateway.get(RunningGateway.OPERATOR_SECRET, "/v1/drain")
                .json()
                .text("state")
                .equals(state)) {
            Thread.sleep(10);
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

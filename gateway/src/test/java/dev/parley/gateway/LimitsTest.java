package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.gateway.session.Limits;
import dev.parley.wire.CloseCode;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Failure;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.ServerFrame;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a principal and an address may do and have, over real sockets. */
@Timeout(120)
class LimitsTest {
    private static final int PER_SECOND = 40;
    private static final int BURST = 64;
    private static final int CONNECTIONS = 2;

    private RunningGateway gateway =
            new RunningGateway(StoreKind.MEMORY, Limits.DEFAULT.withCounted(PER_SECOND, BURST, CONNECTIONS, 0));

    LimitsTest() throws Exception {}

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void theLimitsAreInWelcome() throws Exception {
        try (WireSocket vera = gateway.socket(Role.VISITOR, "vera")) {
            dev.parley.wire.v1.Limits limits =
                    vera.await("Welcome", ServerFrame::hasWelcome).getWelcome().getLimits();

            assertThat(limits.getOperationsPerSecond()).isEqualTo(PER_SECOND);
            assertThat(limits.getOperationsBurst()).isEqualTo(BURST);
            assertThat(limits.getConnectionsPerPrincipalMax()).isEqualTo(CONNECTIONS);
            assertThat(limits.getConnectionsPerAddressMax()).isZero();
        }
    }

    @Test
    void whoFlushesMoreThanMayGoAtOnceGetsAllOfItThroughByWaiting() throws Exception {
        int count = 2 * BURST;
        int refused = 0;
        try (WireSocket vera = gateway.socket(Role.VISITOR, "vera")) {
            String chat = vera.open("").getConversation();
            for (int i = 0; i < count; i++) {
                vera.submit(message(vera, "message " + i));
                for (ServerFrame told = awaitAnswer(vera); told.hasAnswer(); told = awaitAnswer(vera)) {
                    Answer answer = told.getAnswer();
                    assertThat(answer.getRefused().getCode()).isEqualTo(RefuseCode.RATE_LIMITED);
                    refused++;
                    Thread.sleep(answer.getRefused().getDelayMillis());
                    vera.submitAgain();
                }
            }
            assertThat(refused).isPositive();
            List<String> texts =
                    gateway
                            .get(gateway.token(Role.AGENT, "ann"), "/v1/conversations/" + chat)
                            .json()
                            .list("blocks")
                            .stream()
                            .map(block -> block.text("text"))
                            .toList();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                expected.add("message " + i);
            }
            assertThat(texts).isEqualTo(expected);
        }
        assertThat(metric("parley_limits_operations_refused_total")).isEqualTo(refused);
    }

    @Test
    void onePersonsFloodIsNoOtherPersons() throws Exception {
        try (WireSocket vera = gateway.socket(Role.VISITOR, "vera");
                WireSocket victor = gateway.socket(Role.VISITOR, "victor")) {
            vera.open("");
            victor.open("");
            while (metric("parley_limits_operations_refused_total") == 0) {
                for (int i = 0; i < BURST; i++) {
                    vera.submit(message(vera, "flood"));
                }
            }
            victor.submit(message(victor, "hello"));

            assertThat(awaitAnswer(victor).hasEntries()).isTrue();
        }
    }

    @Test
    void aBackendThatPostsTooMuchIsToldWhenToPostAgain() throws Exception {
        String chat = gateway.conversationOf("vera");
        String service = gateway.token(Role.SERVICE, "backend");
        int posted = 0;
        Reply refused = null;
        while (refused == null) {
            Reply reply = post(service, chat, posted);
            if (reply.status() == 201) {
                posted++;
            } else {
                refused = reply;
            }
        }
        assertThat(posted).isGreaterThanOrEqualTo(BURST);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().text("code")).isEqualTo("too-many-requests");
        int seconds = Integer.parseInt(
                refused.response().headers().firstValue("retry-after").orElseThrow());
        Thread.sleep(seconds * 1_000L);

        assertThat(post(service, chat, posted).status()).isEqualTo(201);
        assertThat(gateway.get(service, "/v1/conversations/" + chat).json().list("blocks"))
                .hasSize(posted + 1);
    }

    @Test
    void whoHasAllItsConnectionsIsToldToComeLaterWhicheverKindItAsksFor() throws Exception {
        String vera = gateway.token(Role.VISITOR, "vera");
        String chat = gateway.conversationOf("vera");
        String ticket = gateway.post(vera, "/v1/conversations/" + chat + "/tickets", "")
                .json()
                .text("path");
        awaitConnections(0);
        try (WireSocket socket = gateway.socket(Role.VISITOR, "vera");
                StreamSocket stream = new StreamSocket(gateway, hello(vera, "one"))) {
            socket.awaitFence();
            stream.await("Welcome", ServerFrame::hasWelcome);
            try (WireSocket late = new WireSocket(gateway.port(), vera)) {
                assertTooMany(late.await("Failure", ServerFrame::hasFailure).getFailure());
                assertThat(late.awaitClose()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
            }
            try (StreamSocket late = new StreamSocket(gateway, hello(vera, "two"))) {
                assertTooMany(late.await("Failure", ServerFrame::hasFailure).getFailure());
                assertThat(late.awaitClose()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
            }
            HttpResponse<Stream<String>> follower = follow(ticket);
            assertThat(follower.statusCode()).isEqualTo(429);
            assertThat(follower.headers().firstValue("retry-after")).isPresent();
            follower.body().close();
            assertThat(isWelcome("victor")).isTrue();
            assertThat(metric("parley_limits_connections_refused_principal_total"))
                    .isEqualTo(3);
        }
        awaitConnections(0);
        assertThat(isWelcome("vera")).isTrue();
    }

    @Test
    void whoFollowsWithATicketIsAConnectionAsLongAsItFollows() throws Exception {
        String vera = gateway.token(Role.VISITOR, "vera");
        String chat = gateway.conversationOf("vera");
        awaitConnections(0);
        List<HttpResponse<Stream<String>>> followers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            String ticket = gateway.post(vera, "/v1/conversations/" + chat + "/tickets", "")
                    .json()
                    .text("path");
            HttpResponse<Stream<String>> follower = follow(ticket);
            assertThat(follower.statusCode()).isEqualTo(200);
            followers.add(follower);
        }
        try (WireSocket late = new WireSocket(gateway.port(), vera)) {
            assertTooMany(late.await("Failure", ServerFrame::hasFailure).getFailure());
        }
        followers.forEach(follower -> follower.body().close());

        awaitWelcome("vera");
    }

    @Test
    void anAddressWithTooManySocketsIsToldToComeLaterWhateverItSpeaks() throws Exception {
        gateway.close();
        gateway = new RunningGateway(StoreKind.MEMORY, Limits.DEFAULT.withCounted(0, 0, 0, 2));
        try (WireSocket first = gateway.socket(Role.VISITOR, "vera");
                WireSocket second = gateway.socket(Role.VISITOR, "victor")) {
            first.awaitFence();
            second.awaitFence();
            try (WireSocket late = gateway.socket(Role.VISITOR, "valery")) {
                assertTooMany(late.await("Failure", ServerFrame::hasFailure).getFailure());
                assertThat(late.awaitClose()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
            }
            HttpResponse<Void> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(gateway.uri("/healthz")).build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
        }
        awaitWelcome("valery");
        assertThat(metric("parley_limits_connections_refused_address_total")).isGreaterThanOrEqualTo(2);
    }

    private void awaitConnections(int count) throws Exception {
        while (metric("parley_connections") != count) {
            Thread.sleep(10);
        }
    }

    private void awaitWelcome(String visitor) throws Exception {
        while (!isWelcome(visitor)) {
            Thread.sleep(10);
        }
    }

    private boolean isWelcome(String visitor) throws Exception {
        try (WireSocket socket = gateway.socket(Role.VISITOR, visitor)) {
            return socket.await("an answer", frame -> true).hasWelcome();
        }
    }

    private HttpResponse<Stream<String>> follow(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(gateway.uri(path)).build(), HttpResponse.BodyHandlers.ofLines());
    }

    private static void assertTooMany(Failure failure) {
        assertThat(failure.getCode()).isEqualTo(FailureCode.TOO_MANY);
        assertThat(failure.getCloseCode()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        assertThat(failure.getDelayMillis()).isPositive();
    }

    private static ClientFrame hello(String token, String session) {
        return ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(token)
                        .setSession(session))
                .build();
    }

    private Reply post(String token, String chat, int number) throws Exception {
        return gateway.post(
                token,
                "/v1/conversations/" + chat + "/messages",
                JSONObjectUtils.toJSONString(Map.of("text", "news " + number)),
                "Idempotency-Key",
                "news-" + number);
    }

    private static Operation message(WireSocket socket, String text) {
        return new Operation.CreateBlock(socket.newBlock(), BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    private static ServerFrame awaitAnswer(WireSocket socket) throws Exception {
        return socket.await(
                "an answer",
                frame -> frame.hasAnswer()
                        || frame.getEntries().getEntriesList().stream().anyMatch(entry -> entry.getSeq() > 0));
    }

    private double metric(String name) throws Exception {
        Matcher line = Pattern.compile("^" + name + " (.*)$", Pattern.MULTILINE).matcher(gateway.metrics());
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }
}

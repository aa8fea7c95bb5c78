package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.gateway.RunningGateway.Tree;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpApiTest {
    private final RunningGateway gateway = new RunningGateway();
    private final String conversation = gateway.conversationOf("vera");
    private final String agent = gateway.token(Role.AGENT, "ann");
    private final String service = gateway.token(Role.SERVICE, "backend");

    HttpApiTest() throws Exception {}

    @AfterAll
    void stop() {
        gateway.close();
    }

    private String path(String rest) {
        return "/v1/conversations/" + conversation + rest;
    }

    @Test
    void aMessageOfTheBackendIsInTheStateOfEverybody() throws Exception {
        Reply posted = gateway.post(service, path("/messages"), json(Map.of("text", "你好 \uD83D\uDE00")));
        assertThat(posted.status()).isEqualTo(201);

        for (String token : List.of(agent, gateway.token(Role.VISITOR, "vera"))) {
            Reply state = gateway.get(token, path(""));
            assertThat(state.status()).isEqualTo(200);
            assertThat(state.json()
                            .withId("blocks", posted.json().text("block"))
                            .members())
                    .containsEntry("text", "你好 \uD83D\uDE00")
                    .containsEntry("kind", "MESSAGE")
                    .containsEntry("revision", posted.json().get("revision"));
        }
    }

    @Test
    void theTabsOfAPrincipalGetOneKeyAndNobodyKeepsTheAnswer() throws Exception {
        String vera = gateway.token(Role.VISITOR, "vera");
        Reply first = gateway.get(vera, "/v1/tab-key");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.response().headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(Base64.getUrlDecoder().decode(first.json().text("key"))).hasSize(32);
        assertThat(gateway.get(vera, "/v1/tab-key").json()).isEqualTo(first.json());

        assertThat(gateway.get(agent, "/v1/tab-key").json().text("key"))
                .isNotEqualTo(first.json().text("key"));
        assertThat(gateway.get(gateway.expiredToken(), "/v1/tab-key").status()).isEqualTo(401);
    }

    @Test
    void anIdempotencyKeyMakesARepeatedRequestCountOnce() throws Exception {
        String body = json(Map.of("text", "once"));
        Reply first = gateway.post(service, path("/messages"), body, "Idempotency-Key", "order-7");
        Reply again = gateway.post(service, path("/messages"), body, "Idempotency-Key", "order-7");
        Reply other = gateway.post(
                gateway.token(Role.SERVICE, "another"), path("/messages"), body, "Idempotency-Key", "order-7");

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(other.json().get("block")).isNotEqualTo(first.json().get("block"));
    }

    @Test
    void anIdempotencyKeyIsNotUsedForSomethingElse() throws Exception {
        gateway.post(service, path("/messages"), json(Map.of("text", "one")), "Idempotency-Key", "k");

        expectProblem(
                gateway.post(service, path("/messages"), json(Map.of("text", "two")), "Idempotency-Key", "k"),
                422,
                "key-reused");
    }

    @Test
    void anExpectedRevisionIsCheckedAtHeadAndARepetitionGetsTheSameAnswer() throws Exception {
        Object revision = gateway.get(agent, path("")).json().get("revision");
        String body = json(Map.of("text", "if nobody wrote", "expectedRevision", revision));
        Reply first = gateway.post(service, path("/messages"), body, "Idempotency-Key", "e1");
        Reply again = gateway.post(service, path("/messages"), body, "Idempotency-Key", "e1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        expectProblem(gateway.post(service, path("/messages"), body, "Idempotency-Key", "e2"), 409, "revision-changed");
    }

    @Test
    void theAuditTellsWhoDidWhat() throws Exception {
        Reply posted = gateway.post(service, path("/messages"), json(Map.of("text", "audited")));
        long revision = posted.json().number("revision");

        Reply audit = gateway.get(agent, path("/entries?limit=1&after=" + (revision - 1)));

        assertThat(audit.status()).isEqualTo(200);
        Tree entry = audit.json().list("entries").get(0);
        assertThat(entry.members()).containsEntry("source", "BACKEND").containsKeys("time", "head", "outbox");
        assertThat(entry.get("author")).isEqualTo(Map.of("subject", "backend", "role", "SERVICE", "name", "BACKEND"));
        assertThat(entry.list("effects").get(0).members())
                .containsEntry("effect", "Create")
                .containsEntry("block", posted.json().get("block"))
                .containsEntry("text", "audited");
    }

    @Test
    void theWholeLogComesPageByPage() throws Exception {
        for (int i = 0; i < 5; i++) {
            gateway.post(service, path("/messages"), json(Map.of("text", "page " + i)));
        }
        long revision = 0;
        boolean more = true;
        while (more) {
            Tree page = gateway.get(agent, path("/entries?limit=2&after=" + revision))
                    .json();
            for (Tree entry : page.list("entries")) {
                assertThat(entry.number("revision")).isEqualTo(++revision);
            }
            more = page.members().containsKey("next");
        }
        assertThat(revision).isGreaterThan(5);
    }

    @Test
    void olderBlocksComePageByPage() throws Exception {
        for (int i = 0; i < 5; i++) {
            gateway.post(service, path("/messages"), json(Map.of("text", "block " + i)));
        }
        List<Tree> all = gateway.get(agent, path("")).json().list("blocks");
        List<Tree> paged = new ArrayList<>();
        String before = "";
        while (before != null) {
            Tree page = gateway.get(agent, path("/blocks?limit=2" + before)).json();
            paged.addAll(0, page.list("blocks"));
            before = page.members().containsKey("olderThan") ? "&before=" + page.number("olderThan") : null;
        }

        assertThat(paged).isEqualTo(all);
    }

    @Test
    void aBlockHasItsVersions() throws Exception {
        Reply posted = gateway.post(service, path("/messages"), json(Map.of("text", "v1")));

        Reply versions = gateway.get(agent, path("/blocks/" + posted.json().get("block") + "/versions"));

        assertThat(versions.status()).isEqualTo(200);
        Tree version = versions.json().list("versions").get(0);
        assertThat(version.members()).containsEntry("text", "v1").containsEntry("edit", List.of("v1"));
        assertThat(version.list("authorship").get(0).members())
                .containsEntry("start", 0L)
                .containsEntry("end", 2L);
        expectProblem(gateway.get(agent, path("/blocks/no.such/versions")), 404, "not-found");
    }

    @Test
    void aVisitorReadsNeitherAuditNorVersionsNorOthersConversations() throws Exception {
        String vera = gateway.token(Role.VISITOR, "vera");
        expectProblem(gateway.get(vera, path("/entries")), 403, "forbidden");
        expectProblem(gateway.get(vera, path("/blocks/x.1/versions")), 403, "forbidden");
        expectProblem(gateway.get(gateway.token(Role.VISITOR, "eve"), path("")), 404, "not-found");
        expectProblem(
                gateway.post(gateway.token(Role.VISITOR, "eve"), path("/messages"), json(Map.of("text", "x"))),
                404,
                "not-found");
    }

    @Test
    void whatThePolicyForbidsIsRejectedWithItsReason() throws Exception {
        Reply reply = gateway.post(
                gateway.token(Role.ASSISTANT, "bot"), path("/messages"), json(Map.of("text", "I may not")));

        expectProblem(reply, 422, "rejected");
        assertThat(reply.json().members()).containsEntry("reason", "FORBIDDEN");
    }

    @Test
    void aRequestWithoutAGoodTokenIsAProblem() throws Exception {
        Reply none = gateway.send(HttpRequest.newBuilder(gateway.uri(path(""))));
        expectProblem(none, 401, "unauthenticated");
        assertThat(none.response().headers().firstValue("WWW-Authenticate")).contains("Bearer");
        expectProblem(gateway.get("not.a.token", path("")), 401, "unauthenticated");
        expectProblem(gateway.get(gateway.expiredToken(), path("")), 401, "token-expired");
        expectProblem(gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/nothing"))), 401, "unauthenticated");
    }

    @Test
    void whatIsNotThereIsAProblem() throws Exception {
        expectProblem(gateway.get(agent, "/v1/nothing"), 404, "not-found");
        expectProblem(gateway.get(agent, "/v1/conversations/unknown"), 404, "not-found");
        Reply wrongMethod = gateway.get(agent, path("/messages"));
        expectProblem(wrongMethod, 405, "method-not-allowed");
        assertThat(wrongMethod.response().headers().firstValue("Allow")).contains("POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "[[\"text\",\"x\"]]",
                "{\"text\":1}",
                "{\"text\":\"\"}",
                "{\"text\":\"\\ud800\"}",
                "{\"text\":\"x\",\"unknown\":1}",
                "{\"text\":\"x\",\"expectedRevision\":-1}",
                "{\"text\":\"x\",\"expectedRevision\":1.5}",
                "{\"text\":\"x\",\"expectedRevision\":1e400}",
            })
    void aBodyThatCannotBeMeantIsAProblem(String body) throws Exception {
        expectProblem(gateway.post(agent, path("/messages"), body), 400, "malformed");
    }

    @Test
    void aBodyThatIsNestedToDeathIsAProblem() throws Exception {
        expectProblem(gateway.post(agent, path("/messages"), "{\"text\":" + "[".repeat(100_000)), 400, "malformed");
    }

    @Test
    void aTextThatIsTooLongIsRejected() throws Exception {
        Reply reply = gateway.post(agent, path("/messages"), json(Map.of("text", "x".repeat(16_385))));

        expectProblem(reply, 422, "rejected");
        assertThat(reply.json().members()).containsEntry("reason", "TOO_LARGE");
    }

    @Test
    void aBodyBeyondEveryLimitIsNotRead() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path("/messages")))
                .header("Authorization", "Bearer " + agent)
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(300_000)));

        assertThat(HttpClient.newHttpClient()
                        .send(request.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=x", "after=-1", "limit=0", "limit=1001", "after=1&after=2", "after=%GG"})
    void aQueryThatCannotBeMeantIsAProblem(String query) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.getOutputStream()
                .write(("GET " + path("/entries?" + query) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                + "Authorization: Bearer " + agent + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        socket.close();

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed\"");
    }

    private static void expectProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        assertThat(reply.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(reply.json().members())
                .containsEntry("code", code)
                .containsEntry("type", "urn:parley:problem:" + code)
                .containsEntry("status", (long) status)
                .containsKey("title");
    }

    private static String json(Map<String, Object> members) {
        return JSONObjectUtils.toJSONString(members);
    }
}

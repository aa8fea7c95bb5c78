package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.gateway.RunningGateway.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunApiTest {
    private final RunningGateway gateway = new RunningGateway();
    private final String conversation = gateway.conversationOf("vera");
    private final String agent = gateway.token(Role.AGENT, "ann");
    private final String bot = gateway.token(Role.ASSISTANT, "bot");

    RunApiTest() throws Exception {}

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void aPipedTextStandsInADraftThatAgentsSeeGrow() throws Exception {
        try (StreamedPost post = post("?run=grow&model=m-1&onBehalfOf=ann")) {
            post.chunk("Hello ");
            awaitText("grow", "Hello ");
            assertThat(gateway.metrics()).containsPattern("(?m)^parley_runs [1-9]");
            post.chunk("wörld");
            post.end();

            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().members())
                    .containsEntry("run", "grow")
                    .containsEntry("written", 11L)
                    .containsEntry("state", "finished");
            assertThat(block(answer.json().text("block")).text("text")).isEqualTo("Hello wörld");
            assertThat(status("grow").members()).isEqualTo(answer.json().members());
        }
    }

    @Test
    void aTakeOverIsToldAtOnceThoughTheBodyGoesOn() throws Exception {
        try (StreamedPost post = post("?run=taken");
                WireSocket ann = gateway.socket(Role.AGENT, "ann")) {
            ann.open(conversation);
            post.chunk("The first words. ");
            awaitText("taken", "The first words. ");
            post.chunk("x".repeat(4_000));
            ann.submit(new Operation.TakeOver(status("taken").text("block")));

            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.head()).contains("application/problem+json");
            assertThat(answer.json().members())
                    .containsEntry("code", "interrupted")
                    .containsEntry("reason", "taken-over")
                    .containsEntry("state", "interrupted");
            post.chunk("nothing of this lands");
            String text = block(answer.json().text("block")).text("text");
            assertThat(answer.json().number("written")).isEqualTo(text.length());
            assertThat(text).doesNotContain("lands");
            assertThat(status("taken").text("state")).isEqualTo("interrupted");
        }
    }

    @Test
    void aCrashedGeneratorGoesOnWithWhatIsWritten() throws Exception {
        try (StreamedPost post = post("?run=crashed")) {
            post.chunk("One, two, ");
            awaitText("crashed", "One, two, ");
        }
        Tree status = status("crashed");
        assertThat(status.text("state")).isEqualTo("open");

        try (StreamedPost post = post("?run=crashed&offset=" + status.number("written"))) {
            post.chunk("three.");
            post.end();
            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(block(answer.json().text("block")).text("text")).isEqualTo("One, two, three.");
        }
    }

    @Test
    void aRunThatIsSentAgainFromTheStartIsNotWrittenTwice() throws Exception {
        try (StreamedPost post = post("?run=again")) {
            post.chunk("One, two, ");
            awaitText("again", "One, two, ");
        }
        for (int i = 0; i < 2; i++) {
            try (StreamedPost post = post("?run=again")) {
                post.chunk("One, two, three.");
                post.end();
                StreamedPost.Answer answer = post.answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(block(answer.json().text("block")).text("text")).isEqualTo("One, two, three.");
            }
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsIsLet() throws Exception {
        try (StreamedPost post = post("?run=asks", "Expect: 100-continue")) {
            assertThat(post.head()).startsWith("HTTP/1.1 100");
            post.chunk("Hi");
            post.end();
            assertThat(post.answer().status()).isEqualTo(200);
        }
        try (StreamedPost post = new StreamedPost(gateway.port(), "bad", runs(""), "Expect: 100-continue")) {
            assertThat(post.answer().status()).isEqualTo(401);
        }
    }

    @Test
    void bytesThatAreNotUtf8EndTheRunAndKeepWhatWasWritten() throws Exception {
        try (StreamedPost post = post("?run=bad")) {
            post.chunk("good ");
            awaitText("bad", "good ");
            post.chunk(new byte[] {(byte) 0xFF});
            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().members())
                    .containsEntry("code", "malformed")
                    .containsEntry("written", 5L);
        }
    }

    @Test
    void aRunThatMayNotBeIsAProblem() throws Exception {
        expect(post("?run=no.dots"), 400, "malformed");
        expect(post("?run=x&offset=-1"), 400, "malformed");
        expect(post("?run=" + UUID.randomUUID() + "&offset=3"), 409, "offset-mismatch");
        expect(post("?block=no.such"), 422, "rejected");
        expect(new StreamedPost(gateway.port(), agent, runs("")), 403, "forbidden");
        expect(new StreamedPost(gateway.port(), bot, "/v1/conversations/unknown/runs"), 404, "not-found");
        expect(new StreamedPost(gateway.port(), gateway.token(Role.VISITOR, "vera"), runs("")), 403, "forbidden");
        expect(new StreamedPost(gateway.port(), gateway.expiredToken(), runs("")), 401, "token-expired");
        assertThat(gateway.get(bot, runs("/unknown")).status()).isEqualTo(404);
    }

    @Test
    void aBodyThatBreaksTheRulesOfHttpHarmsNobody() throws Exception {
        try (StreamedPost post = post("?run=broken")) {
            post.chunk("before");
            awaitText("broken", "before");
            post.write("zz\r\nnot a chunk\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(post.isEnded()).isTrue();
        }
        assertThat(status("broken").text("state")).isEqualTo("open");
    }

    @Test
    void theConnectionServesTheNextRequestAfterARun() throws Exception {
        try (StreamedPost post = post("?run=next")) {
            post.chunk("x");
            post.end();
            assertThat(post.answer().status()).isEqualTo(200);
            post.write(
                    ("GET " + runs("/next") + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + bot + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(post.answer().json().text("state")).isEqualTo("finished");
        }
    }

    private void expect(StreamedPost post, int status, String code) throws IOException {
        try (post) {
            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(status);
            assertThat(answer.json().text("code")).isEqualTo(code);
        }
    }

    private String runs(String rest) {
        return "/v1/conversations/" + conversation + "/runs" + rest;
    }

    private StreamedPost post(String query, String... headers) throws IOException {
        return new StreamedPost(gateway.port(), bot, runs(query), headers);
    }

    private Tree status(String run) throws Exception {
        Reply reply = gateway.get(bot, runs("/" + run));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private Tree block(String id) throws Exception {
        return gateway.get(agent, "/v1/conversations/" + conversation).json().withId("blocks", id);
    }

    private void awaitText(String run, String text) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> block(status(run).text("block")).text("text").equals(text));
    }
}

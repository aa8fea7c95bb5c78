package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Tree;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of an assistant at one of two gateways, and what the other may do with them. */
class RunNodesTest {
    private final MemoryOperationStore logs = new MemoryOperationStore(Runnable::run);
    private final MemoryEphemeral shared = new MemoryEphemeral(InstantSource.system(), Runnable::run);
    private RunningGateway a;
    private RunningGateway b;
    private String conversation;
    private String bot;

    @BeforeEach
    void start() throws Exception {
        a = new RunningGateway(logs.beside(Runnable::run, Runnable::run), new AbsentEphemeral(shared));
        b = new RunningGateway(logs.beside(Runnable::run, Runnable::run), new AbsentEphemeral(shared));
        conversation = a.conversationOf("vera");
        bot = a.token(Role.ASSISTANT, "bot");
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void aRunIsReadAtAnotherNodeAndEndedThere() throws Exception {
        try (StreamedPost post = post(a);
                WireSocket ann = b.socket(Role.AGENT, "ann")) {
            post.chunk("The first words. ");
            awaitWritten(b, 17);
            ann.open(conversation);
            ann.submit(new Operation.TakeOver(status(b).text("block")));

            StreamedPost.Answer answer = post.answer();
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.json().members())
                    .containsEntry("reason", "taken-over")
                    .containsEntry("state", "interrupted");
            assertThat(status(b).text("state")).isEqualTo("interrupted");
        }
    }

    @Test
    void aRunWhoseNodeIsGoneGoesOnAtAnother() throws Exception {
        try (StreamedPost post = post(a)) {
            post.chunk("One, two, ");
            awaitWritten(b, 10);
        }
        try (StreamedPost post = post(b)) {
            post.chunk("One, two, three.");
            post.end();

            assertThat(post.answer().status()).isEqualTo(200);
        }
        assertThat(text()).isEqualTo("One, two, three.");
    }

    @Test
    void ofTwoRequestsForOneRunAtTwoNodesOneGoesOnAndNothingIsWrittenTwice() throws Exception {
        try (StreamedPost first = post(a)) {
            first.chunk("One, ");
            awaitWritten(b, 5);
            try (StreamedPost second = post(b)) {
                second.chunk("One, two, three.");
                second.end();
                StreamedPost.Answer there = second.answer();
                first.chunk("two, three.");
                first.end();
                StreamedPost.Answer here = first.answer();

                assertThat(List.of(here.status(), there.status())).contains(200);
                assertThat(text()).isEqualTo("One, two, three.");
            }
        }
    }

    private StreamedPost post(RunningGateway gateway) throws IOException {
        return new StreamedPost(gateway.port(), bot, "/v1/conversations/" + conversation + "/runs?run=answer");
    }

    private void awaitWritten(RunningGateway gateway, long written) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> status(gateway).number("written") == written);
    }

    private Tree status(RunningGateway gateway) throws Exception {
        return gateway.get(bot, "/v1/conversations/" + conversation + "/runs/answer")
                .json();
    }

    private String text() throws Exception {
        return b.get(b.token(Role.AGENT, "ann"), "/v1/conversations/" + conversation)
                .json()
                .withId("blocks", status(b).text("block"))
                .text("text");
    }
}

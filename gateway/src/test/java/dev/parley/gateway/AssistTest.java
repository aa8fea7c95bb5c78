package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.gateway.RunningGateway.Tree;
import dev.parley.gateway.assistant.AssistantConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assistant that answers, as agents ask for it. */
class AssistTest {
    private static final int WAIT_SECONDS = 60;

    @Test
    void theDemosAssistantAnswersFromAnArticleAndNamesIt() throws Exception {
        try (RunningGateway gateway = new RunningGateway(true, AssistantConfig.NONE)) {
            awaitArticles(gateway);
            String conversation = asked(gateway, "Hello! When will my parcel arrive?");
            Tree draft = finished(gateway, conversation, assist(gateway, conversation));

            assertThat(draft.text("text"))
                    .contains("two to three working days")
                    .contains("(Source: Delivery, When will my parcel arrive?)");
            assertThat(draft.text("audience")).isEqualTo("STAFF");
            assertThat(draft.text("kind")).isEqualTo("DRAFT");
        }
    }

    @Test
    void itAnswersAChineseQuestionInChinese() throws Exception {
        try (RunningGateway gateway = new RunningGateway(true, AssistantConfig.NONE)) {
            awaitArticles(gateway);
            String conversation = asked(gateway, "请问包裹什么时候送达？");
            Tree draft = finished(gateway, conversation, assist(gateway, conversation));

            assertThat(draft.text("text")).contains("两到三个工作日").contains("（来源：《配送与退换》，包裹什么时候送达？）");
        }
    }

    @Test
    void itSaysWhenItFindsNothing() throws Exception {
        try (RunningGateway gateway = new RunningGateway(true, AssistantConfig.NONE)) {
            awaitArticles(gateway);
            String conversation = asked(gateway, "Do you sell bicycles?");
            Tree draft = finished(gateway, conversation, assist(gateway, conversation));

            assertThat(draft.text("text")).isEqualTo("I found nothing about this in the articles.");
        }
    }

    @Test
    void theArticlesAreWrittenOnceHoweverOftenTheDemoStarts(@TempDir Path data) throws Exception {
        for (int start = 0; start < 2; start++) {
            try (RunningGateway gateway = new RunningGateway(true, AssistantConfig.NONE, StoreKind.ROCKSDB, data)) {
                awaitArticles(gateway);
                String conversation = asked(gateway, "When will my parcel arrive?");
                finished(gateway, conversation, assist(gateway, conversation));
                List<Tree> articles = articles(gateway);
                assertThat(articles).hasSize(6).allSatisfy(row -> assertThat(row.number("revision"))
                        .isEqualTo(2));
                assertThat(articles).extracting(row -> row.text("title")).contains("Delivery", "Answer templates");
                assertThat(articles.stream().filter(row -> row.members().containsKey("tags")))
                        .hasSize(2);
            }
        }
    }

    @Test
    void aModelsStreamComesThroughToTheDraftWithTheArticlesInItsPrompt() throws Exception {
        CompletableFuture<Map<String, Object>> request = new CompletableFuture<>();
        CompletableFuture<String> authorization = new CompletableFuture<>();
        CountDownLatch firstSeen = new CountDownLatch(1);
        try (Model model = new Model(exchange -> {
                    authorization.complete(exchange.getRequestHeaders().getFirst("Authorization"));
                    request.complete(parsed(exchange));
                    OutputStream events = stream(exchange);
                    event(events, "{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}");
                    event(events, "{\"choices\":[{\"delta\":{\"content\":\"It takes \"}}]}");
                    awaitLatch(firstSeen);
                    event(events, "{\"choices\":[{\"delta\":{\"content\":\"three days. \\uD83D\\uDCE6\"}}]}");
                    event(events, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}");
                    event(events, "[DONE]");
                });
                RunningGateway gateway = new RunningGateway(true, model.config())) {
            awaitArticles(gateway);
            String conversation = asked(gateway, "When will my parcel arrive?");
            String run = assist(gateway, conversation);
            await().atMost(Duration.ofSeconds(WAIT_SECONDS))
                    .ignoreExceptions()
                    .until(() -> draft(gateway, conversation, run).text("text").equals("It takes "));
            firstSeen.countDown();

            assertThat(finished(gateway, conversation, run).text("text"))
                    .isEqualTo("It takes three days. \uD83D\uDCE6");
            Tree sent = new Tree(request.get(WAIT_SECONDS, TimeUnit.SECONDS));
            assertThat(sent.get("model")).isEqualTo("model-7");
            assertThat(sent.get("stream")).isEqualTo(true);
            assertThat(sent.list("messages").get(0).text("content")).contains("two to three working days");
            assertThat(sent.list("messages").get(1).members())
                    .isEqualTo(Map.of("role", "user", "content", "When will my parcel arrive?"));
            assertThat(authorization.get(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("Bearer key-7");
        }
    }

    @Test
    void aTakeOverEndsTheModelsStream() throws Exception {
        CompletableFuture<Boolean> cut = new CompletableFuture<>();
        try (Model model = new Model(exchange -> {
                    OutputStream events = stream(exchange);
                    try {
                        for (int i = 0; i < 100_000; i++) {
                            event(events, "{\"choices\":[{\"delta\":{\"content\":\"word \"}}]}");
                            TimeUnit.MILLISECONDS.sleep(5);
                        }
                        cut.complete(false);
                    } catch (IOException | InterruptedException e) {
                        cut.complete(true);
                    }
                });
                RunningGateway gateway = new RunningGateway(true, model.config());
                WireSocket ann = gateway.socket(Role.AGENT, "ann")) {
            String conversation = asked(gateway, "Hello");
            ann.open(conversation);
            String run = assist(gateway, conversation);
            await().atMost(Duration.ofSeconds(WAIT_SECONDS))
                    .ignoreExceptions()
                    .until(() -> draft(gateway, conversation, run).text("text").startsWith("word word"));
            ann.submit(new Operation.TakeOver(draft(gateway, conversation, run).text("id")));

            assertThat(cut.get(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(status(gateway, conversation, run).json().text("state")).isEqualTo("interrupted");
        }
    }

    @Test
    void aModelThatFailsIsSaidInTheDraft() throws Exception {
        try (Model model = new Model(exchange -> exchange.sendResponseHeaders(500, -1));
                RunningGateway gateway = new RunningGateway(true, model.config())) {
            String conversation = asked(gateway, "Hello");

            assertThat(finished(gateway, conversation, assist(gateway, conversation))
                            .text("text"))
                    .isEqualTo("[the assistant could not answer]");
        }
    }

    @Test
    void aModelsStreamThatBreaksOffIsSaidInTheDraft() throws Exception {
        try (Model model = new Model(exchange -> {
                    OutputStream events = stream(exchange);
                    event(events, "{\"choices\":[{\"delta\":{\"content\":\"It takes \"}}]}");
                });
                RunningGateway gateway = new RunningGateway(true, model.config())) {
            String conversation = asked(gateway, "Hello");

            assertThat(finished(gateway, conversation, assist(gateway, conversation))
                            .text("text"))
                    .isEqualTo("It takes [the assistant could not answer]");
        }
    }

    @Test
    void nobodyDraftsInAnArticle() throws Exception {
        try (RunningGateway gateway = new RunningGateway(true, AssistantConfig.NONE)) {
            awaitArticles(gateway);
            String path = "/v1/conversations/" + articles(gateway).get(0).text("conversation") + "/runs";
            try (StreamedPost post = new StreamedPost(gateway.port(), gateway.token(Role.ASSISTANT, "bot"), path)) {
                assertThat(post.answer().status()).isEqualTo(403);
            }
        }
    }

    @Test
    void onlyStaffAsks() throws Exception {
        try (RunningGateway gateway = new RunningGateway()) {
            String conversation = gateway.conversationOf("vera");
            String path = "/v1/conversations/" + conversation + "/assist";

            assertThat(gateway.post(gateway.token(Role.VISITOR, "vera"), path, "")
                            .status())
                    .isEqualTo(403);
            assertThat(gateway.post(gateway.token(Role.ASSISTANT, "bot"), path, "")
                            .status())
                    .isEqualTo(403);
            assertThat(gateway.post(gateway.token(Role.AGENT, "ann"), "/v1/conversations/none/assist", "")
                            .status())
                    .isEqualTo(404);
        }
    }

    private static String asked(RunningGateway gateway, String question) throws Exception {
        String conversation = gateway.conversationOf("vera");
        Reply posted = gateway.post(
                gateway.token(Role.VISITOR, "vera"),
                "/v1/conversations/" + conversation + "/messages",
                JSONObjectUtils.toJSONString(Map.of("text", question)));
        assertThat(posted.status()).isEqualTo(201);
        return conversation;
    }

    private static String assist(RunningGateway gateway, String conversation) throws Exception {
        Reply reply =
                gateway.post(gateway.token(Role.AGENT, "ann"), "/v1/conversations/" + conversation + "/assist", "");
        assertThat(reply.status()).isEqualTo(202);
        return reply.json().text("run");
    }

    private static Reply status(RunningGateway gateway, String conversation, String run) throws Exception {
        return gateway.get(
                gateway.token(Role.ASSISTANT, "assistant"), "/v1/conversations/" + conversation + "/runs/" + run);
    }

    private static Tree finished(RunningGateway gateway, String conversation, String run) throws Exception {
        await().atMost(Duration.ofSeconds(WAIT_SECONDS)).until(() -> {
            Reply status = status(gateway, conversation, run);
            return status.status() == 200 && status.json().text("state").equals("finished");
        });
        return draft(gateway, conversation, run);
    }

    private static Tree draft(RunningGateway gateway, String conversation, String run) throws Exception {
        String block = status(gateway, conversation, run).json().text("block");
        return gateway.get(gateway.token(Role.AGENT, "ann"), "/v1/conversations/" + conversation)
                .json()
                .withId("blocks", block);
    }

    private static List<Tree> articles(RunningGateway gateway) throws Exception {
        return gateway.get(gateway.token(Role.AGENT, "ann"), "/v1/conversations?kind=ARTICLE")
                .json()
                .list("conversations");
    }

    private static void awaitArticles(RunningGateway gateway) {
        await().atMost(Duration.ofSeconds(WAIT_SECONDS))
                .until(() -> articles(gateway).stream()
                                .filter(row -> row.number("revision") == 2)
                                .count()
                        == 6);
    }

    private static Map<String, Object> parsed(HttpExchange exchange) throws IOException {
        try {
            return JSONObjectUtils.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new IOException(e);
        }
    }

    private static OutputStream stream(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private static void event(OutputStream events, String data) throws IOException {
        events.write((": a comment\n\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        events.flush();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** An endpoint that speaks like OpenAI's. */
    private static final class Model implements AutoCloseable {
        private final HttpServer server;

        interface Script {
            void answer(HttpExchange exchange) throws IOException;
        }

        Model(Script script) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "model");
                thread.setDaemon(true);
                return thread;
            }));
            server.createContext("/api/chat/completions", exchange -> {
                try (exchange) {
                    script.answer(exchange);
                }
            });
            server.start();
        }

        AssistantConfig config() {
            return new AssistantConfig(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/api", "key-7", "model-7");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}

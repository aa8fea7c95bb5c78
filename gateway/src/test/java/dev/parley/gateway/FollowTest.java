package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.RunningGateway.Reply;
import dev.parley.gateway.RunningGateway.Tree;
import dev.parley.wire.v1.ServerFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Conversations that are followed with a ticket, as an EventSource or curl does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class FollowTest {
    private final RunningGateway gateway = new RunningGateway();
    private final String conversation = gateway.conversationOf("vera");
    private final String vera = gateway.token(Role.VISITOR, "vera");
    private final String agent = gateway.token(Role.AGENT, "ann");
    private final String service = gateway.token(Role.SERVICE, "backend");
    private final HttpClient client = HttpClient.newHttpClient();

    FollowTest() throws Exception {}

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void whatIsThereComesFirstAndThenWhatHappens() throws Exception {
        long first = post("before");
        try (Events events = follow(ticket(agent), "Last-Event-ID", Long.toString(first - 1))) {
            assertThat(events.next().number("revision")).isEqualTo(first);
            long second = post("meanwhile");
            Tree entry = events.next();
            assertThat(entry.number("revision")).isEqualTo(second);
            assertThat(entry.list("effects").get(0).text("text")).isEqualTo("meanwhile");
            assertThat(events.lastId).isEqualTo(Long.toString(second));
        }
    }

    @Test
    void curlFollowsAsThePageSays() throws Exception {
        Matcher sample = Pattern.compile("```text\\n(curl .*TICKET_PATH.*)\\n")
                .matcher(Files.readString(Path.of("..", "docs", "http-api.md")));
        assertThat(sample.find()).isTrue();
        post("before");
        ProcessBuilder command = new ProcessBuilder("bash", "-c", sample.group(1));
        command.environment().put("URL", gateway.uri("").toString());
        command.environment().put("TICKET_PATH", ticket(agent));
        Process curl = command.start();
        try (BufferedReader lines = curl.inputReader(StandardCharsets.UTF_8)) {
            assertTells(lines, "\"before\"");
            post("meanwhile");
            assertTells(lines, "\"meanwhile\"");
        } finally {
            curl.destroy();
        }
    }

    private static void assertTells(BufferedReader lines, String text) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.contains(text)) {
            line = lines.readLine();
        }
        assertThat(line).as("an event with %s", text).isNotNull();
    }

    @Test
    void withoutALastEventOnlyWhatHappensFromNowOnComes() throws Exception {
        post("the past");
        try (Events events = follow(ticket(vera))) {
            gateway.get(vera, path("")); // a look after it, through the same shard: the follower is there
            post("now");
            assertThat(events.next().list("effects").get(0).text("text")).isEqualTo("now");
        }
    }

    @Test
    void theWholeLogOfALongConversationComesInOrderAsTheAuditHasIt() throws Exception {
        for (int i = 0; i < 120; i++) {
            post("message " + i);
        }
        long head = gateway.get(agent, path("")).json().number("revision");
        List<Map<String, Object>> followed = new ArrayList<>();
        try (Events events = follow(ticket(agent) + "&after=0")) {
            while (followed.size() < head) {
                followed.add(events.next().members());
            }
        }
        List<Map<String, Object>> audited =
                gateway.get(agent, path("/entries?after=0&limit=1000")).json().list("entries").stream()
                        .map(Tree::members)
                        .toList();
        assertThat(followed).isEqualTo(audited.subList(0, (int) head));
    }

    @Test
    void aVisitorSeesNothingOfWhatIsForStaff() throws Exception {
        try (WireSocket ann = gateway.socket(Role.AGENT, "ann");
                Events events = follow(ticket(vera) + "&after=0")) {
            ann.open(conversation);
            String note = ann.newBlock();
            ann.submit(new Operation.CreateBlock(note, BlockKind.NOTE, View.STAFF, "secret", Attributes.NONE));
            ann.await("the note", ServerFrame::hasEntries);
            long revision = post("for everybody");
            Tree entry = events.next();
            while (entry.number("revision") < revision) {
                assertThat(entry.toString()).doesNotContain("secret").doesNotContain("STAFF");
                assertThat(entry.members()).doesNotContainKey("command");
                entry = events.next();
            }
            assertThat(entry.number("revision")).isEqualTo(revision);
        }
    }

    @Test
    void aTicketIsGoodOnceAndForItsConversationAlone() throws Exception {
        String ticket = ticket(vera);
        try (Events events = follow(ticket)) {
            assertThat(events.response.statusCode()).isEqualTo(200);
            assertThat(events.response.headers().firstValue("content-type"))
                    .contains("text/event-stream; charset=utf-8");
        }
        assertThat(status(ticket)).isEqualTo(401);
        String other = gateway.conversationOf("victor");
        assertThat(status(ticket(vera).replace(conversation, other))).isEqualTo(401);
        assertThat(status(path("/events?ticket=" + "x".repeat(10_000)))).isIn(401, 414, 400);
        assertThat(status(path("/events"))).isEqualTo(401);
        assertThat(status(ticket(vera) + "&after=x")).isEqualTo(400);
        assertThat(status(ticket(vera) + "&after=-1")).isEqualTo(400);
    }

    @Test
    void whoMayNotSeeAConversationGetsNoTicketForIt() throws Exception {
        assertThat(gateway.post(gateway.token(Role.VISITOR, "victor"), path("/tickets"), "")
                        .status())
                .isEqualTo(404);
        assertThat(gateway.post(agent, "/v1/conversations/none/tickets", "").status())
                .isEqualTo(404);
        assertThat(gateway.post(gateway.expiredToken(), path("/tickets"), "").status())
                .isEqualTo(401);
    }

    @Test
    void pagesOfOtherOriginsFollowNothing() throws Exception {
        assertThat(status(ticket(vera), "Origin", "https://evil.example")).isEqualTo(403);
        try (Events events = follow(ticket(vera), "Origin", RunningGateway.ORIGIN)) {
            assertThat(events.response.headers().firstValue("access-control-allow-origin"))
                    .contains(RunningGateway.ORIGIN);
        }
    }

    private String path(String rest) {
        return "/v1/conversations/" + conversation + rest;
    }

    /** The path that it is for. */
    private String ticket(String token) throws Exception {
        Reply issued = gateway.post(token, path("/tickets"), "");
        assertThat(issued.status()).isEqualTo(201);
        assertThat(issued.json().text("path")).endsWith(issued.json().text("ticket"));
        return issued.json().text("path");
    }

    private long post(String text) throws Exception {
        return gateway.post(service, path("/messages"), JSONObjectUtils.toJSONString(Map.of("text", text)))
                .json()
                .number("revision");
    }

    private int status(String path, String... headers) throws Exception {
        return client.send(request(path, headers), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private HttpRequest request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private Events follow(String path, String... headers) throws Exception {
        return new Events(client.send(request(path, headers), HttpResponse.BodyHandlers.ofLines()));
    }

    private static final class Events implements AutoCloseable {
        private final HttpResponse<Stream<String>> response;
        private final Iterator<String> lines;
        private String lastId = "";

        Events(HttpResponse<Stream<String>> response) {
            this.response = response;
            this.lines = response.body().iterator();
        }

        /** The next entry. */
        Tree next() throws Exception {
            while (true) {
                String line = lines.next();
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new Tree(JSONObjectUtils.parse(line.substring(6)));
                }
            }
        }

        @Override
        public void close() {
            response.body().close();
        }
    }
}

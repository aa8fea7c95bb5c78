package dev.parley.gateway;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.assistant.AssistantConfig;
import dev.parley.gateway.http.DemoRoute;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Tokens;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.OperationStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A gateway on a free port with a store in memory, and what a test asks it over HTTP. */
public final class RunningGateway implements AutoCloseable {
    /** Of the pages that may connect. */
    static final String ORIGIN = "https://shop.example";

    private static final int DRAIN_SECONDS = 60;
    static final String OPERATOR_SECRET = "what only the operator knows, of all tenants";

    private static final String SECRET = "thirty-two bytes are the least it takes";

    private final String tenant;
    private final GatewayServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Tokens tokens = new Tokens(SECRET, InstantSource.system(), Limits.DEFAULT.idLengthMax());

    public RunningGateway() throws Exception {
        this(false, AssistantConfig.NONE);
    }

    public RunningGateway(boolean demo, AssistantConfig assistant) throws Exception {
        this(demo, assistant, StoreKind.MEMORY, Path.of(""));
    }

    RunningGateway(boolean demo, AssistantConfig assistant, StoreKind store, Path data) throws Exception {
        tenant = demo ? DemoRoute.TENANT : "shop";
        server = new GatewayServer(config(demo, assistant, store, data, 0, Limits.DEFAULT));
    }

    /** With limits of one's own; in memory, or one of the nodes that share a Redis. */
    RunningGateway(StoreKind store, Limits limits) throws Exception {
        tenant = "shop";
        server = new GatewayServer(config(false, AssistantConfig.NONE, store, Path.of(""), 0, limits));
    }

    /** With a store in a folder, at a time of one's own. */
    RunningGateway(Path data, int retentionDays, InstantSource clock) throws Exception {
        tenant = "shop";
        server = new GatewayServer(
                config(false, AssistantConfig.NONE, StoreKind.ROCKSDB, data, retentionDays, Limits.DEFAULT), clock);
    }

    /** One of several nodes, which share their engines. */
    RunningGateway(OperationStore store, Ephemeral ephemeral) throws Exception {
        tenant = "shop";
        GatewayConfig config = config(false, AssistantConfig.NONE, StoreKind.MEMORY, Path.of(""), 0, Limits.DEFAULT);
        server = new GatewayServer(config, InstantSource.system(), metrics -> new Engines(store, ephemeral));
    }

    private static GatewayConfig config(
            boolean demo, AssistantConfig assistant, StoreKind store, Path data, int retentionDays, Limits limits) {
        return new GatewayConfig(
                demo,
                "127.0.0.1",
                0,
                store,
                data,
                Durability.PROCESS,
                SECRET,
                OPERATOR_SECRET,
                List.of(ORIGIN),
                32 << 20,
                2,
                retentionDays,
                DRAIN_SECONDS,
                limits,
                assistant,
                Map.of());
    }

    public int port() {
        return server.port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public String token(Role role, String subject) {
        return tokens.mint(tenant, new Author(subject, role, subject.toUpperCase(Locale.ROOT)), Duration.ofHours(1));
    }

    public String expiredToken() {
        return tokens.mint(tenant, new Author("ann", Role.AGENT, ""), Duration.ofHours(-1));
    }

    /** An answer with its body as JSON. */
    public record Reply(int status, HttpResponse<String> response, Tree json) {}

    /** A JSON object whose members a test knows. */
    public record Tree(Map<String, Object> members) {

        public Object get(String name) {
            Object value = members.get(name);
            if (value == null) {
                throw new AssertionError("no " + name + " in " + members);
            }
            return value;
        }

        public String text(String name) {
            return (String) get(name);
        }

        public long number(String name) {
            return ((Number) get(name)).longValue();
        }

        @SuppressWarnings("unchecked") // what JSON objects are parsed to
        public List<Tree> list(String name) {
            return ((List<Map<String, Object>>) get(name))
                    .stream().map(Tree::new).toList();
        }

        /** The member of a list that has this id. */
        public Tree withId(String name, String id) {
            return list(name).stream()
                    .filter(each -> each.get("id").equals(id))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + id + " in " + members));
        }
    }

    public Reply get(String token, String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token));
    }

    public Reply post(String token, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public Reply send(HttpRequest.Builder request) throws Exception {
        return reply(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    String metrics() throws Exception {
        return client.send(HttpRequest.newBuilder(uri("/metrics")).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Reply reply(HttpResponse<String> response) {
        try {
            return new Reply(response.statusCode(), response, new Tree(JSONObjectUtils.parse(response.body())));
        } catch (ParseException e) {
            throw new AssertionError("not a JSON object: " + response.body(), e);
        }
    }

    /** Opens the visitor's own conversation over its socket, as the widget does, and answers its id. */
    public String conversationOf(String visitor) throws Exception {
        try (WireSocket socket = new WireSocket(port(), token(Role.VISITOR, visitor))) {
            return socket.open("").getConversation();
        }
    }

    public WireSocket socket(Role role, String subject) throws Exception {
        return new WireSocket(port(), token(role, subject));
    }

    /** Returns when nobody is connected any more. */
    void drain() throws InterruptedException {
        server.drain();
    }

    int status(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Override
    public void close() {
        server.close();
    }
}

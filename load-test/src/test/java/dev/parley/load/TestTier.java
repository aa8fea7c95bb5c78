package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Three gateways on one Redis, behind HAProxy, for the tests of one class. Each reaches Redis over a network of its own. Shows what
 * they wrote when a test fails.
 */
final class TestTier implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
    static final int NODES = 3;

    private static final String SECRET = "a secret for tests, 32 bytes or longer";

    private static final Duration READY_MAX = Duration.ofSeconds(5);
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);

    private final boolean replicated;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TokenMint mint = new TokenMint(SECRET, Clock.systemUTC());
    private final List<TcpProxy> links = new ArrayList<>();
    private final List<GatewayProcess> nodes = new ArrayList<>();
    /** Of the site whose pages may connect. */
    private final int sitePort = RedisProcess.freePort();

    private @Nullable Path folder;
    private @Nullable EventLoopGroup group;
    private @Nullable TestRedis store;
    private @Nullable ServerProcess balancer;

    private TestTier(boolean replicated) {
        this.replicated = replicated;
    }

    /** On one server. */
    static TestTier single() {
        return new TestTier(false);
    }

    /** On a primary and a replica, between which a Sentinel decides; what is acknowledged is on both. */
    static TestTier replicated() {
        return new TestTier(true);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path root = Files.createTempDirectory("parley-tier");
        folder = root;
        group = Transport.oneLoop();
        store = replicated ? TestRedis.replicated(root) : TestRedis.single(root);
        for (int i = 0; i < NODES; i++) {
            List<String> options = new ArrayList<>(
                    List.of("--drain-seconds", "4", "--allowed-origin", "http://localhost:" + sitePort, "--store"));
            if (replicated) {
                options.addAll(List.of(store().uri(), "--durability", "replica"));
            } else {
                TcpProxy link = TcpProxy.toRedis(store().primary().port());
                links.add(link);
                options.add("redis://127.0.0.1:" + link.port());
            }
            Path jar = Path.of(System.getProperty("parley.jar"));
            nodes.add(new GatewayProcess(jar, root.resolve("node" + i), SECRET, List.of("-Xmx256m"), options).start());
        }
        balancer = balancer().start();
        Awaitility.await("the balancer sends connections to the nodes")
                .atMost(TestGateway.LONG)
                .untilAsserted(() -> Assertions.assertThat(readiness()).containsOnly("200"));
    }

    /** As seen through the balancer, and of each node. */
    private List<String> readiness() {
        List<String> all = new ArrayList<>();
        all.add(readiness(started(balancer).port()));
        nodes.forEach(node -> all.add(readiness(node.port())));
        return all;
    }

    private String readiness(int port) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                    .timeout(READY_MAX)
                    .build();
            return Integer.toString(
                    http.send(request, BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    /** As the documentation has it. */
    private ServerProcess balancer() {
        int port = RedisProcess.freePort();
        Map<String, String> addresses = new HashMap<>();
        addresses.put("PARLEY_BIND", "127.0.0.1:" + port);
        for (int i = 0; i < NODES; i++) {
            addresses.put(
                    "PARLEY_GATEWAY" + (i + 1), "127.0.0.1:" + nodes.get(i).port());
        }
        return new ServerProcess(port, addresses, List.of("haproxy", "-db", "-f", "../docs/haproxy.cfg"));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            nodes.forEach(node -> System.out.println("A node's last lines:\n" + node.output()));
            System.out.println("Redis's last lines:\n" + store().output());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (balancer != null) {
            balancer.close();
        }
        nodes.forEach(GatewayProcess::close);
        links.forEach(TcpProxy::close);
        if (store != null) {
            store.close();
        }
        if (group != null) {
            group.shutdownGracefully().syncUninterruptibly();
        }
        if (folder != null) {
            Folders.delete(folder);
        }
        nodes.forEach(node -> Assertions.assertThat(node.output()).doesNotContain("LEAK:"));
    }

    List<GatewayProcess> nodes() {
        return nodes;
    }

    /** The way of a node to the one server. */
    TcpProxy link(int node) {
        return links.get(node);
    }

    /** What of Redis's words is lost on the ways of all nodes from now on. */
    void lose(RedisLosses losses) {
        links.forEach(link -> link.lose(losses));
    }

    TestRedis store() {
        return started(store);
    }

    OnLoop onLoop() {
        return new OnLoop(loop());
    }

    /** A load on the whole tier. */
    Load load(LoadPlan plan) {
        return new Load(loop(), URI.create("ws://127.0.0.1:" + started(balancer).port() + "/ws"), mint, plan);
    }

    /** Real browsers that take part, of two visitors and an agent in conversations of their own, which write at once. */
    BrowserTabs browserTabs(String tenant, long seed) throws IOException {
        Path own = Files.createDirectory(started(folder).resolve("tabs"));
        return BrowserTabs.start(
                own,
                Map.of(
                        "PARLEY_SEED",
                        Integer.toUnsignedString((int) seed),
                        "PARLEY_TIER_URL",
                        "ws://127.0.0.1:" + started(balancer).port() + "/ws",
                        "PARLEY_TIER_SITE_PORT",
                        Integer.toString(sitePort),
                        "PARLEY_TIER_VISITORS",
                        token(tenant, "tabbed0", Role.VISITOR) + " " + token(tenant, "tabbed1", Role.VISITOR),
                        "PARLEY_TIER_AGENT",
                        token(tenant, "desk", Role.AGENT)));
    }

    private String token(String tenant, String subject, Role role) {
        return mint.mint(tenant, new Author(subject, role, subject), TOKEN_LIFETIME);
    }

    private EventLoop loop() {
        return started(group).next();
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("no test is running");
        }
        return part;
    }
}

package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.load.check.Violation;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway for the tests of one class, in a folder of its own, with an event loop for their clients. Shows what the gateway
 * wrote when a test fails, and fails the class if the gateway logged an error or a leak.
 */
final class TestGateway implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
    static final String TENANT = "acme";
    static final Duration LONG = Duration.ofMinutes(3);

    private static final String SECRET = "a secret for tests, 32 bytes or longer";
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

    private final List<String> jvmOptions;
    private final List<String> options;
    private final TokenMint mint = new TokenMint(SECRET, Clock.systemUTC());
    private final List<WireClient> clients = new ArrayList<>();
    private @Nullable Path data;
    private @Nullable EventLoopGroup group;
    private @Nullable EventLoop loop;
    private @Nullable GatewayProcess process;

    TestGateway(List<String> jvmOptions, List<String> options) {
        this.jvmOptions = jvmOptions;
        this.options = options;
    }

    /** One that looks for buffer leaks at every allocation. */
    static TestGateway strict(String... options) {
        return new TestGateway(List.of("-Xmx256m", "-Dio.netty.leakDetection.level=paranoid"), List.of(options));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        data = Files.createTempDirectory("parley-it");
        group = Transport.oneLoop();
        loop = group.next();
        process = new GatewayProcess(Path.of(System.getProperty("parley.jar")), data, SECRET, jvmOptions, options)
                .start();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.out.println("The gateway's last lines:\n" + process().output());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        onLoop().run(() -> clients.forEach(WireClient::stop));
        Metrics metrics = metrics();
        Awaitility.await("nothing is left of connections and requests that are over")
                .atMost(LONG)
                .untilAsserted(() -> {
                    Assertions.assertThat(metrics.sum("parley_connections")).isZero();
                    Assertions.assertThat(metrics.sum("parley_shard_queued")).isZero();
                });
        process().close();
        if (group != null) {
            group.shutdownGracefully().syncUninterruptibly();
        }
        if (data != null) {
            Folders.delete(data);
        }
        Assertions.assertThat(process().output()).doesNotContain(" ERROR ", "LEAK:");
    }

    GatewayProcess process() {
        return started(process);
    }

    EventLoop loop() {
        return started(loop);
    }

    OnLoop onLoop() {
        return new OnLoop(loop());
    }

    TokenMint mint() {
        return mint;
    }

    Metrics metrics() {
        return new Metrics(process().http());
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("no test is running");
        }
        return part;
    }

    static Author visitor(String subject) {
        return new Author(subject, Role.VISITOR, "Visitor " + subject);
    }

    static Author agent(String subject) {
        return new Author(subject, Role.AGENT, "Agent " + subject);
    }

    String token(Author author) {
        return mint.mint(TENANT, author, TOKEN_LIFETIME);
    }

    /** A client that is connected, by way of {@code url}. Its name is told from others' by {@code tab}. */
    WireClient connect(URI url, Author self, int tab, Seed seed, Observer observer) {
        return onLoop().get(() -> {
            String name = self.subject() + "/" + tab;
            WireClient client = new WireClient(
                    loop(),
                    () -> url,
                    self,
                    name,
                    () -> token(self),
                    new Seed(seed.value() + name.hashCode()).random(),
                    0,
                    observer);
            clients.add(client);
            client.start();
            return client;
        });
    }

    /** A conversation of that client, open; {@code target} as for {@link WireClient#open}. */
    WireConversation open(WireClient client, String target) {
        WireConversation conversation = onLoop().get(() -> client.open(target));
        onLoop().await(client.name() + " has opened " + target, LONG, conversation::isOpen);
        return conversation;
    }

    /** A load on this gateway, by clients of its own. */
    Load load(LoadPlan plan) {
        return new Load(loop(), process().webSocket(), mint, plan);
    }

    /** What the judge finds about these replicas, which have to be all that wrote. */
    List<Violation> judge(WireConversation... replicas) {
        return new Judge(loop(), process().webSocket(), token(agent("auditor"))).judge(List.of(replicas), LONG);
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.ServerFrame;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Event streams at three gateways, behind the HAProxy of docs/haproxy.cfg and without it. */
class StreamAffinityTest {
    private static final int STREAMS = 12;
    private static final int REQUESTS = 5;
    private static final long START_SECONDS = 30;

    private final MemoryOperationStore logs = new MemoryOperationStore(Runnable::run);
    private final MemoryEphemeral shared = new MemoryEphemeral(InstantSource.system(), Runnable::run);
    private final List<RunningGateway> gateways = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            gateways.add(new RunningGateway(logs.beside(Runnable::run, Runnable::run), new AbsentEphemeral(shared)));
        }
    }

    @AfterEach
    void stop() {
        gateways.forEach(RunningGateway::close);
    }

    @Test
    void aRequestThatReachesAnotherGatewayThanItsStreamIsToldToBeginANewOne() throws Exception {
        RunningGateway there = gateways.get(1);
        try (StreamSocket stream = new StreamSocket(gateways.get(0), hello(0))) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(there.uri("/v1/streams/" + stream.id()))
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(410);
            assertThat(answer.body()).contains("stream-gone");
            assertThat(stream.send(ping(1))).isEqualTo(204);
        }
    }

    @Test
    void behindTheBalancerEveryRequestReachesTheGatewayOfItsStream() throws Exception {
        int port = FreePort.on(InetAddress.getLoopbackAddress());
        Process balancer = balancer(port);
        List<StreamSocket> streams = new ArrayList<>();
        try {
            awaitStart(port);
            for (int i = 0; i < STREAMS; i++) {
                StreamSocket stream =
                        new StreamSocket(URI.create("http://127.0.0.1:" + port + "/v1/streams"), hello(i));
                stream.await("Welcome", ServerFrame::hasWelcome);
                streams.add(stream);
            }
            for (int i = 1; i <= REQUESTS; i++) {
                int nonce = i;
                for (StreamSocket stream : streams) {
                    assertThat(stream.send(ping(nonce))).isEqualTo(204);
                    stream.await("Pong", frame -> frame.getPong().getNonce() == nonce);
                }
            }

            Set<String> open = new HashSet<>();
            for (RunningGateway gateway : gateways) {
                open.add(gateway.metrics()
                        .lines()
                        .filter(line -> line.startsWith("parley_event_streams"))
                        .findFirst()
                        .orElseThrow());
            }
            assertThat(open).as("streams are spread").noneMatch(line -> line.endsWith(" 0.0"));
        } finally {
            streams.forEach(StreamSocket::close);
            balancer.destroyForcibly().waitFor();
        }
    }

    private Process balancer(int port) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "haproxy", "-db", "-f", Path.of("..", "docs", "haproxy.cfg").toString());
        Map<String, String> environment = builder.environment();
        environment.put("PARLEY_BIND", "127.0.0.1:" + port);
        for (int i = 0; i < gateways.size(); i++) {
            environment.put(
                    "PARLEY_GATEWAY" + (i + 1), "127.0.0.1:" + gateways.get(i).port());
        }
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitStart(int port) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                .build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < deadline) {
            try {
                if (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (java.net.ConnectException e) {
                Thread.onSpinWait();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("haproxy does not start");
    }

    private ClientFrame hello(int visitor) {
        return ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(gateways.get(0).token(Role.VISITOR, "visitor " + visitor))
                        .setSession("session " + visitor))
                .build();
    }

    private static ClientFrame ping(int nonce) {
        return ClientFrame.newBuilder()
                .setPing(Ping.newBuilder().setNonce(nonce))
                .build();
    }
}

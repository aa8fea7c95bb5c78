package dev.parley.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Redis for a test: one server, or a primary and a replica with a Sentinel that makes the one the other. */
final class TestRedis implements AutoCloseable {
    private static final String GROUP = "parley";

    private final List<ServerProcess> servers;
    private final @Nullable ServerProcess sentinel;

    private TestRedis(List<ServerProcess> servers, @Nullable ServerProcess sentinel) {
        this.servers = servers;
        this.sentinel = sentinel;
    }

    static TestRedis single(Path folder) throws IOException {
        return new TestRedis(List.of(server(folder, List.of()).start()), null);
    }

    static TestRedis replicated(Path folder) throws IOException {
        List<String> safe = List.of("--min-replicas-to-write", "1", "--min-replicas-max-lag", "2");
        ServerProcess first = server(folder, safe).start();
        List<String> replica = new ArrayList<>(safe);
        replica.addAll(List.of("--replicaof", "127.0.0.1 " + first.port()));
        ServerProcess second = server(folder, replica).start();
        int port = RedisProcess.freePort();
        Path file = folder.resolve("sentinel.conf");
        Files.write(
                file,
                List.of(
                        "bind 127.0.0.1",
                        "port " + port,
                        "sentinel monitor " + GROUP + " 127.0.0.1 " + first.port() + " 1",
                        "sentinel down-after-milliseconds " + GROUP + " 1000",
                        "sentinel failover-timeout " + GROUP + " 5000"));
        ServerProcess sentinel =
                new ServerProcess(port, Map.of(), List.of("redis-server", file.toString(), "--sentinel")).start();
        return new TestRedis(List.of(first, second), sentinel);
    }

    private static ServerProcess server(Path folder, List<String> more) throws IOException {
        int port = RedisProcess.freePort();
        Path data = Files.createDirectory(folder.resolve("redis" + port));
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(port), "--dir", data.toString()));
        command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always"));
        command.addAll(more);
        return new ServerProcess(port, Map.of(), command);
    }

    /** Where gateways find the primary. */
    String uri() {
        return sentinel == null
                ? "redis://127.0.0.1:" + servers.get(0).port()
                : "redis-sentinel://127.0.0.1:" + sentinel.port() + "#" + GROUP;
    }

    ServerProcess primary() {
        if (sentinel == null) {
            return servers.get(0);
        }
        String port = ask(sentinel.port(), "SENTINEL", "GET-MASTER-ADDR-BY-NAME", GROUP)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        return servers.stream()
                .filter(server -> port.equals(Integer.toString(server.port())))
                .findFirst()
                .orElseThrow();
    }

    ServerProcess replica() {
        ServerProcess primary = primary();
        return servers.stream().filter(server -> server != primary).findFirst().orElseThrow();
    }

    /** Whether the replica has come so far that the primary counts it. */
    boolean isReplicated() {
        return ask(primary().port(), "INFO", "replication").contains("min_slaves_good_slaves:1");
    }

    String output() {
        StringBuilder all = new StringBuilder();
        servers.forEach(server -> all.append(server.output()).append('\n'));
        return all.toString();
    }

    private static String ask(int port, String... command) {
        List<String> all = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
        all.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (sentinel != null) {
            sentinel.close();
        }
        servers.forEach(ServerProcess::close);
    }
}

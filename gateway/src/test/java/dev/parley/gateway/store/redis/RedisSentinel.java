package dev.parley.gateway.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One Sentinel that watches a primary and decides alone. Used by the test's thread. */
public final class RedisSentinel implements AutoCloseable {
    private static final String NAME = "parley";

    private final Path folder;
    private final int port;
    private final Process process;

    private RedisSentinel(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Returns when it knows as many replicas. */
    public static RedisSentinel of(RedisServer primary, int replicas) {
        try {
            int port = RedisServer.freePort();
            Path folder = Files.createTempDirectory("parley-sentinel");
            Path settings = Files.writeString(
                    folder.resolve("sentinel.conf"), """
                    port %d
                    bind 127.0.0.1
                    dir %s
                    sentinel monitor %s 127.0.0.1 %d 1
                    sentinel down-after-milliseconds %s 1000
                    sentinel failover-timeout %s 5000
                    """.formatted(port, folder, NAME, primary.port(), NAME, NAME));
            Process process = new ProcessBuilder("redis-server", settings.toString(), "--sentinel")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
            RedisSentinel sentinel = new RedisSentinel(folder, port, process);
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> sentinel.says("num-slaves")
                    .equals(Integer.toString(replicas)));
            return sentinel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String uri() {
        return "redis-sentinel://127.0.0.1:" + port + "#" + NAME;
    }

    /** The port of the primary, as it sees it. */
    public int primary() {
        return Integer.parseInt(says("port"));
    }

    /** What it says of the primary under this name; empty while it says nothing. */
    private String says(String name) {
        try {
            Process cli = new ProcessBuilder(
                            "redis-cli", "-h", "127.0.0.1", "-p", Integer.toString(port), "SENTINEL", "MASTER", NAME)
                    .redirectErrorStream(true)
                    .start();
            List<String> lines = new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int at = lines.indexOf(name);
            return at < 0 ? "" : lines.get(at + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            for (String file : List.of("sentinel.conf", "output")) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

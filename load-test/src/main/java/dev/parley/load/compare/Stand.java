package dev.parley.load.compare;

import dev.parley.load.Folders;
import dev.parley.load.TokenMint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One server that runs, and the generator that is on it. Owned by the thread that measures.
 */
final class Stand implements AutoCloseable {
    private static final int OPEN_MILLIS_MAX = 120_000;

    private final ServerKind kind;
    private final Path folder;
    private final Server server;
    private final Generator generator;

    /** Where servers come from, and what else is the same for all of them. */
    record Yard(Path gatewayJar, List<String> gatewayOptions, int acknowledgeMillis, Processors processors) {}

    Stand(ServerKind kind, Yard yard, long seed) throws IOException {
        this.kind = kind;
        folder = Files.createTempDirectory("parley-compare");
        String secret = HexFormat.of().formatHex(new SecureRandom().generateSeed(32));
        server = new Server(launch(kind, yard, secret), yard.processors().server());
        Dialect dialect = kind.isParley()
                ? new Parley(new TokenMint(secret, Clock.systemUTC()), new Random(seed), yard.acknowledgeMillis())
                : new Broadcast();
        generator = new Generator(dialect, server.port(), seed);
    }

    private Server.Launch launch(ServerKind kind, Yard yard, String secret) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return switch (kind) {
            case PARLEY, PARLEY_PROCESS -> {
                List<String> command = new ArrayList<>(List.of(
                        java,
                        "-jar",
                        yard.gatewayJar().toAbsolutePath().toString(),
                        "serve",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--data",
                        folder.toString(),
                        "--durability",
                        kind == ServerKind.PARLEY ? "disk" : "process"));
                command.addAll(yard.gatewayOptions());
                yield new Server.Launch(command, Map.of("PARLEY_TOKEN_SECRET", secret), folder);
            }
            case NETTY, NETTY_HAND ->
                new Server.Launch(
                        List.of(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Broadcaster.class.getName(),
                                kind == ServerKind.NETTY ? "stock" : "hand"),
                        Map.of(),
                        Path.of("").toAbsolutePath());
        };
    }

    ServerKind kind() {
        return kind;
    }

    Server server() {
        return server;
    }

    Generator generator() {
        return generator;
    }

    /** Opens conversations until there are so many. */
    void open(int conversations) throws InterruptedException {
        try {
            generator.open(conversations, OPEN_MILLIS_MAX);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(kind.label() + ": " + e.getMessage() + "\n" + server.output(), e);
        }
    }

    @Override
    public void close() {
        generator.close();
        server.close();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

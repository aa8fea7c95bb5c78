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

    /** A visitor here types faster than people do, and faster than a gateway lets one by itself. They are counted all the same. */
    private static final String OPERATIONS_PER_SECOND = "1000000";

    private final ServerKind kind;
    private final Path folder;
    private final Server server;
    private final Generator generator;

    /** Where servers come from, and what else is the same for all of them. */
    record Yard(
            Path gatewayJar, List<String> gatewayOptions, int acknowledgeMillis, Path peers, Processors processors) {}

    Stand(ServerKind kind, Yard yard, long seed) throws IOException {
        this.kind = kind;
        folder = Files.createTempDirectory("parley-compare");
        String secret = HexFormat.of().formatHex(new SecureRandom().generateSeed(32));
        server = new Server(launch(kind, yard, secret), yard.processors().server());
        generator = new Generator(dialect(kind, yard, secret, new Random(seed)), server.port(), seed);
    }

    private static Dialect dialect(ServerKind kind, Yard yard, String secret, Random random) {
        return switch (kind) {
            case PARLEY, PARLEY_PROCESS ->
                new Parley(new TokenMint(secret, Clock.systemUTC()), random, yard.acknowledgeMillis());
            case NETTY, NETTY_HAND, WS -> new Broadcast();
            case SOCKET_IO -> new SocketIo();
            case SHAREDB -> new ShareDb(random);
            case HOCUSPOCUS -> new Hocuspocus(random);
        };
    }

    private Server.Launch launch(ServerKind kind, Yard yard, String secret) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return switch (kind) {
            case PARLEY, PARLEY_PROCESS -> {
                List<String> command = new ArrayList<>(gateway(java, yard.gatewayJar()));
                command.addAll(List.of(
                        "serve",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--data",
                        folder.toString(),
                        "--durability",
                        kind == ServerKind.PARLEY ? "disk" : "process",
                        "--operations-per-second",
                        OPERATIONS_PER_SECOND,
                        "--operations-burst",
                        OPERATIONS_PER_SECOND));
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
            case WS, SOCKET_IO, SHAREDB, HOCUSPOCUS ->
                new Server.Launch(
                        List.of(Peers.NODE, "servers/" + kind.label() + ".mjs"),
                        Map.of("NODE_ENV", "production"),
                        yard.peers());
        };
    }

    /** By its launcher, with the flags that are Parley's own, where there is one for this jar. */
    private static List<String> gateway(String java, Path jar) {
        Path beside = jar.toAbsolutePath().resolveSibling("parley");
        Path built = jar.toAbsolutePath().resolveSibling("../parley").normalize();
        for (Path launcher : List.of(beside, built)) {
            if (jar.endsWith("parley.jar") && Files.isRegularFile(launcher) && Files.isExecutable(launcher)) {
                return List.of(launcher.toString());
            }
        }
        return List.of(java, "-jar", jar.toAbsolutePath().toString());
    }

    ServerKind kind() {
        return kind;
    }

    Server server() {
        return server;
    }

    /** How it is another server than it should be; empty: it is not. */
    String differs() {
        return kind.isInstalled() && !kind.configuration().equals(server.configuration())
                ? "runs with " + server.configuration() + " instead of " + kind.configuration()
                : "";
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

    /** Opens another draft; who wrote before leaves. */
    void openDraft(int writers) throws InterruptedException {
        try {
            generator.openDraft(writers, OPEN_MILLIS_MAX);
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

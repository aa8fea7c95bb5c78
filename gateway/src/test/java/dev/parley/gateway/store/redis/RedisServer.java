package dev.parley.gateway.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A {@code redis-server} from the PATH, in a process and a temporary folder of its own, on a free port of loopback, which
 * syncs each write. Started, stopped and closed by the test's thread.
 */
public final class RedisServer implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final long START_SECONDS = 30;

    private final List<String> settings;
    private final Path folder;
    private final int port;
    private Process process;

    private RedisServer(List<String> settings, Path folder, int port) throws IOException {
        this.settings = settings;
        this.folder = folder;
        this.port = port;
        process = launch();
    }

    /** Each setting is one as on the command line: {@code "--appendfsync", "no"}; the last of a name counts. */
    public static RedisServer start(String... settings) {
        try {
            for (int attempt = 1; ; attempt++) {
                Path folder = Files.createTempDirectory("parley-redis");
                RedisServer server = new RedisServer(List.of(settings), folder, freePort());
                if (server.answers() || attempt == ATTEMPTS) {
                    return server;
                }
                server.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("redis-server does not start; is the package redis-server installed?", e);
        }
    }

    /** Another that follows this one. */
    public RedisServer replica(String... more) {
        List<String> settings =
                new ArrayList<>(List.of("--replicaof", "127.0.0.1 " + port, "--repl-diskless-sync-delay", "0"));
        settings.addAll(List.of(more));
        return start(settings.toArray(String[]::new));
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Its folder, with its files. */
    public Path folder() {
        return folder;
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** On the same port, with what its folder has. */
    public void restart() {
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!answers()) {
            throw new IllegalStateException("redis-server does not start again: " + output());
        }
    }

    /** SIGSTOP: it takes connections and bytes, and does nothing. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** What redis-cli prints for a command. */
    public String cli(String... command) {
        List<String> line = new ArrayList<>(List.of("redis-cli", "-h", "127.0.0.1", "-p", Integer.toString(port)));
        line.addAll(List.of(command));
        return run(line).strip();
    }

    @Override
    public void close() {
        signal("CONT");
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(port)));
        command.addAll(List.of("--bind", "127.0.0.1", "--dir", folder.toString(), "--save", ""));
        command.addAll(List.of("--appendonly", "yes", "--appendfsync", "always"));
        command.addAll(settings);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    /** Waits until it takes commands; false if it ended. */
    private boolean answers() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() - deadline < 0) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(1_000);
                socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                // A server that still reads its files answers -LOADING.
                if (socket.getInputStream().read() == '+') {
                    return true;
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
            pauseBriefly();
        }
        return false;
    }

    private static void pauseBriefly() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        if (process.isAlive()) {
            run(List.of("kill", "-" + name, Long.toString(process.pid())));
        }
    }

    private void awaitExit() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

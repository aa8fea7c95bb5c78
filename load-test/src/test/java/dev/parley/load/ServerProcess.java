package dev.parley.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server of somebody else as a child process, on a loopback port that it keeps over restarts. Owned by one thread. */
final class ServerProcess implements AutoCloseable {
    private static final int LINES_KEPT = 100;

    private final int port;
    private final Map<String, String> environment;
    private final List<String> command;
    private final Deque<String> output = new ArrayDeque<>();
    private @Nullable Process process;

    /** {@code command} listens on {@code port}. */
    ServerProcess(int port, Map<String, String> environment, List<String> command) {
        this.port = port;
        this.environment = environment;
        this.command = command;
    }

    /** Returns when it takes connections. */
    ServerProcess start() {
        Process started;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            started = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        Thread reader = new Thread(() -> read(started), "output of " + command.get(0));
        reader.setDaemon(true);
        reader.start();
        Awaitility.await(command.get(0) + " is ready").atMost(TestGateway.LONG).until(() -> {
            if (!started.isAlive()) {
                throw new IllegalStateException(command.get(0) + " ended:\n" + output());
            }
            return takesConnections();
        });
        return this;
    }

    private boolean takesConnections() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void read(Process started) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                    if (output.size() > LINES_KEPT) {
                        output.remove();
                    }
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    int port() {
        return port;
    }

    long pid() {
        if (process == null) {
            throw new IllegalStateException("it does not run");
        }
        return process.pid();
    }

    /** The last lines it wrote. */
    String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** SIGKILL. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
            process = null;
        }
    }

    @Override
    public void close() {
        kill();
    }
}

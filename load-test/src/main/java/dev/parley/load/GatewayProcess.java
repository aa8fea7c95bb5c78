package dev.parley.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A gateway's jar as a child process, on a loopback port that it keeps over restarts. Owned by one thread. */
public final class GatewayProcess implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofMinutes(1);
    private static final Pattern READY = Pattern.compile("parley ready on (http://\\S+)");
    private static final int LINES_KEPT = 200;

    private final Path jar;
    private final Path data;
    private final String secret;
    private final List<String> jvmOptions;
    private final List<String> options;
    private final Deque<String> output = new ArrayDeque<>();
    private int port;
    private @Nullable Process process;

    /** {@code options} are added to those of {@code serve}. Who has the secret of its tokens may also drain it. */
    public GatewayProcess(Path jar, Path data, String secret, List<String> jvmOptions, List<String> options) {
        this.jar = jar;
        this.data = data;
        this.secret = secret;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.options = List.copyOf(options);
    }

    /** Starts it, again on the same port and folder, and returns when it is ready. */
    public GatewayProcess start() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(
                List.of("-jar", jar.toString(), "serve", "--host", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--data", data.toString()));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PARLEY_TOKEN_SECRET", secret);
        builder.environment().put("PARLEY_OPERATOR_SECRET", secret);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + jar, e);
        }
        Process started = process;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        CompletableFuture<URI> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(started, ready), "output of gateway " + started.pid());
        reader.setDaemon(true);
        reader.start();
        try {
            port = ready.orTimeout(READY_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .join()
                    .getPort();
        } catch (CompletionException e) {
            kill();
            throw new IllegalStateException("the gateway did not get ready:\n" + output(), e);
        }
        return this;
    }

    private void read(Process started, CompletableFuture<URI> ready) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(URI.create(matcher.group(1)));
                }
                synchronized (output) {
                    output.add(line);
                    if (output.size() > LINES_KEPT) {
                        output.remove();
                    }
                }
            }
            ready.completeExceptionally(new IllegalStateException("it ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    public int port() {
        return port;
    }

    public URI webSocket() {
        return URI.create("ws://127.0.0.1:" + port + "/ws");
    }

    public URI http() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        if (process == null) {
            throw new IllegalStateException("it does not run");
        }
        return process.pid();
    }

    /** The last lines it wrote. */
    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** SIGKILL: it gets no chance to tidy up. */
    public void kill() {
        end(Process::destroyForcibly);
    }

    /** SIGTERM, and returns when it is gone. */
    public void stop() {
        end(running -> {
            running.destroy();
            return running;
        });
    }

    private void end(UnaryOperator<Process> signal) {
        if (process != null) {
            signal.apply(process).onExit().join();
            process = null;
        }
    }

    @Override
    public void close() {
        kill();
    }
}

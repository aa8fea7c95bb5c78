package dev.parley.load.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server as a child process on a processor of its own. Owned by the thread that measures. */
final class Server implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofMinutes(1);
    private static final Pattern READY = Pattern.compile("ready on http://[^\\s:]+:(\\d+)(.*)");
    private static final int LINES_KEPT = 50;

    private final Process process;
    private final Deque<String> output = new ArrayDeque<>();
    private final int port;
    private final String configuration;
    private final long readyMillis;
    private final List<Long> pids;

    /** How a server is started: it prints {@code ready on http://HOST:PORT} and what it runs with. */
    record Launch(List<String> command, Map<String, String> environment, Path folder) {}

    private record Ready(int port, String configuration, long nanos) {}

    Server(Launch launch, int processor) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(processor)));
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(launch.folder().toFile());
        builder.environment().putAll(launch.environment());
        long startNanos = System.nanoTime();
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        CompletableFuture<Ready> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(ready), "output of server " + process.pid());
        reader.setDaemon(true);
        reader.start();
        try {
            Ready found =
                    ready.orTimeout(READY_MAX.toMillis(), TimeUnit.MILLISECONDS).join();
            port = found.port();
            configuration = found.configuration();
            readyMillis = TimeUnit.NANOSECONDS.toMillis(found.nanos() - startNanos);
            pids = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .map(ProcessHandle::pid)
                    .toList();
        } catch (CompletionException e) {
            close();
            throw new IllegalStateException("not ready: " + command + "\n" + output(), e);
        }
    }

    /** User and system time of what runs since it was ready. */
    long cpuMicros() {
        return pids.stream().mapToLong(Proc::cpuMicros).sum();
    }

    private void read(CompletableFuture<Ready> ready) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(new Ready(
                            Integer.parseInt(matcher.group(1)), matcher.group(2).strip(), System.nanoTime()));
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

    int port() {
        return port;
    }

    /** What it said to run with. */
    String configuration() {
        return configuration;
    }

    /** From its start until it was ready. */
    long readyMillis() {
        return readyMillis;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines it wrote. */
    String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}

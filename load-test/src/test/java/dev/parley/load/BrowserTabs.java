package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Tabs of real browsers with the browser client in them, which write and read until they are told to stop, and then compare what they
 * were told with the log: {@code client-js/test-browser/load.tier.ts} in a process of its own. Owned by one thread.
 */
final class BrowserTabs implements AutoCloseable {
    private static final boolean TAKE_PART = Boolean.getBoolean("parley.tabs");
    /** Longer than they wait themselves, so that it is they who say what is wrong. */
    private static final Duration VERDICT_MAX = Duration.ofMinutes(8);

    private final Path folder;
    private final @Nullable Process process;

    private BrowserTabs(Path folder, @Nullable Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Returns when they write. {@code environment} says where, and as whom. */
    static BrowserTabs start(Path folder, Map<String, String> environment) throws IOException {
        if (!TAKE_PART) {
            System.out.println(
                    "No browser takes part: -Dparley.skip.npm leaves them out, -Dparley.tabs=true has them back.");
            return new BrowserTabs(folder, null);
        }
        ProcessBuilder builder = new ProcessBuilder(
                        List.of("node", "node_modules/vitest/vitest.mjs", "run", "--config", "vitest.tier.config.ts"))
                .directory(Path.of("../client-js").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().putAll(environment);
        builder.environment().put("PARLEY_TIER_FOLDER", folder.toAbsolutePath().toString());
        Process started = builder.start();
        BrowserTabs tabs = new BrowserTabs(folder, started);
        Runtime.getRuntime().addShutdownHook(new Thread(tabs::close));
        try {
            Awaitility.await("the browsers' tabs write")
                    .atMost(TestGateway.LONG)
                    .until(() -> !started.isAlive() || Files.exists(folder.resolve("writing")));
            assertThat(started.isAlive()).as(tabs.output()).isTrue();
        } catch (Throwable e) {
            tabs.close();
            throw e;
        }
        return tabs;
    }

    /** They write no more, and begin to compare. */
    void stop() throws IOException {
        Files.createFile(folder.resolve("stop"));
    }

    /** Fails unless all were well. */
    void awaitVerdict() throws InterruptedException {
        if (process != null) {
            boolean ended = process.waitFor(VERDICT_MAX.toMillis(), TimeUnit.MILLISECONDS);
            System.out.println(output());
            assertThat(ended).as("the tabs came to a verdict").isTrue();
            assertThat(process.exitValue()).as("what is wrong is told above").isZero();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL for all of them. */
    @Override
    public void close() {
        if (process != null) {
            List<ProcessHandle> all = process.descendants().toList();
            process.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}

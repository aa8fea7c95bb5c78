package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.conversation.Position;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Disks that fail: made so with strace and a small tmpfs, and skipped, with the reason, where these are not to be had. */
@ExtendWith(Seed.Resolver.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a child may hang
class DiskFaultTest {
    /** More syncs than opening a store takes, so that the fault meets an append. */
    private static final int SYNCS_TO_OPEN = 40;

    @TempDir
    private Path folder;

    private static void requireStrace() {
        assumeTrue(
                succeeds("strace", "-f", "-qq", "-e", "trace=fdatasync", "true"),
                "skipped: strace is not there, or may not trace here");
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private ChildProcess writerWithFault(String fault, int atSync, int inFlight) throws IOException {
        return ChildProcess.java(StoreWriterMain.class)
                .under(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        folder.resolve("trace").toString(),
                        "-e",
                        "trace=fdatasync",
                        "-e",
                        "inject=fdatasync:" + fault + ":when=" + atSync)
                .start(folder.resolve("store").toString(), Durability.DISK.name(), "3", Integer.toString(inFlight));
    }

    @Test
    void one_failed_sync_ends_all_acknowledgements_though_later_syncs_would_succeed(Seed seed) throws IOException {
        requireStrace();
        int atSync = SYNCS_TO_OPEN + seed.random().nextInt(60);
        AcknowledgedLogs acknowledged = new AcknowledgedLogs();
        try (ChildProcess child = writerWithFault("error=EIO", atSync, 16)) {
            assertThat(child.line()).isEqualTo("open");
            List<String> lines = child.lines();
            lines.subList(0, lines.size() - 1).forEach(acknowledged::add);
            assertThat(lines.get(lines.size() - 1))
                    .startsWith("failed StoreFailedException healthy=false later=StoreFailedException load=");
        }
        assertThat(acknowledged.count()).isPositive();
        try (RocksOperationStore store = RocksStores.open(folder.resolve("store"))) {
            acknowledged.verify(store);
        }
    }

    @Test
    void a_process_killed_at_a_sync_has_lost_nothing_that_was_acknowledged(Seed seed)
            throws IOException, InterruptedException {
        requireStrace();
        SplittableRandom random = seed.random();
        AcknowledgedLogs acknowledged = new AcknowledgedLogs();
        int rounds = Integer.getInteger("parley.rounds", 2);
        for (int round = 0; round < rounds; round++) {
            int inFlight = 1 + random.nextInt(32);
            int atSync = SYNCS_TO_OPEN + random.nextInt(200);
            try (ChildProcess child = writerWithFault("signal=KILL", atSync, inFlight)) {
                assertThat(child.line()).isEqualTo("open");
                child.lines().forEach(acknowledged::add);
                assertThat(child.exitCode()).isNotZero();
            }
            try (RocksOperationStore store = RocksStores.open(folder.resolve("store"))) {
                acknowledged.verify(store);
            }
        }
        System.out.println(rounds + " kills at a sync, " + acknowledged.count() + " entries acknowledged, none lost");
    }

    @Test
    void a_full_disk_fails_the_store_and_loses_nothing_that_was_acknowledged() throws IOException {
        Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", mount.toString()),
                "skipped: mounting a tmpfs needs root");
        try {
            RocksOptions options = new RocksOptions(
                    mount.resolve("store"), Durability.DISK, 64, 1 << 20, 100, 1, 16, 4 << 20, 2 << 20, 64);
            LogWriter writer = LogWriter.of("tenant", "conversation");
            List<Position> acknowledged = new ArrayList<>();
            try (RocksOperationStore store = RocksStores.open(options)) {
                assertThat(failureOfFilling(store, writer, acknowledged)).isInstanceOf(StoreFailedException.class);
                assertThat(store.isHealthy()).isFalse();
                assertThat(failure(store.append(
                                List.of(LogWriter.of("tenant", "later").append("text")))))
                        .isInstanceOf(StoreFailedException.class);
                assertThat(await(store.read(writer.key(), 0, 1))).hasSize(1);
            }
            assertThat(succeeds("mount", "-o", "remount,size=64m", mount.toString()))
                    .isTrue();
            try (RocksOperationStore store = RocksStores.open(options)) {
                List<LoggedEntry> entries = await(store.load(writer.key())).entries();
                assertThat(entries).hasSizeGreaterThanOrEqualTo(acknowledged.size());
                for (int i = 0; i < acknowledged.size(); i++) {
                    assertThat(entries.get(i).position()).isEqualTo(acknowledged.get(i));
                }
                RocksStores.store(store, LogWriter.of("tenant", "later").append("there is room again"));
            }
            System.out.println(acknowledged.size() + " entries acknowledged before the disk was full, none lost");
        } finally {
            assertThat(succeeds("umount", mount.toString())).isTrue();
        }
    }

    private static Throwable failureOfFilling(
            RocksOperationStore store, LogWriter writer, List<Position> acknowledged) {
        SplittableRandom random = new SplittableRandom(1);
        while (true) {
            StringBuilder noise = new StringBuilder();
            for (int i = 0; i < 50_000; i++) {
                noise.append((char) ('!' + random.nextInt(90)));
            }
            Append append = writer.append(noise.toString());
            Append small = new Append(
                    append.key(),
                    append.expected(),
                    append.entries(),
                    append.outboxRows(),
                    List.of(),
                    null,
                    null,
                    List.of());
            try {
                store.append(List.of(small)).toCompletableFuture().get();
                acknowledged.add(writer.position());
            } catch (ExecutionException e) {
                return e.getCause() == null ? e : e.getCause();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}

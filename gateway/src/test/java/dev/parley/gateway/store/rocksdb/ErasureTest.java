package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.LogWriter.block;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;

/** What was erased is looked for in every byte of every file. */
@ExtendWith(Seed.Resolver.class)
class ErasureTest {
    @TempDir
    private Path folder;

    private final LogWriter writer = LogWriter.of("tenant", "conversation");
    private String canary = "";

    private void hatch(Seed seed) {
        SplittableRandom random = seed.random();
        StringBuilder text = new StringBuilder("canary-\u00fc-");
        for (int i = 0; i < 40; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        canary = text.toString();
    }

    private RocksOperationStore open() {
        return RocksStores.open(folder);
    }

    private List<String> filesWithCanary() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Folders.files(folder)) {
            if (Files.isRegularFile(file)) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                String wanted = new String(canary.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
                if (bytes.contains(wanted)) {
                    found.add(file.getFileName().toString());
                }
            }
        }
        return found;
    }

    /** It stands in an entry, in a block of a snapshot, in the head and in the inbox. */
    private LoggedEntry store(RocksOperationStore store) {
        RocksStores.store(store, writer.append("before"));
        Append append = writer.append(canary);
        RocksStores.store(
                store, LogWriter.with(append, writer.snapshot(0, 2, block("a", canary, 2), block("b", "another", 2))));
        return append.entries().get(0);
    }

    private void redact(RocksOperationStore store, LoggedEntry entry) {
        long since = writer.position().revision();
        Append redact = writer.append("redacted");
        RocksStores.store(
                store, LogWriter.with(redact, writer.snapshot(since, 2, block("a", "", 3)), LogWriter.erasure(entry)));
    }

    private static void flush(RocksOperationStore store, Path folder) throws RocksDBException {
        store.close();
        try (RocksDatabase database = RocksDatabase.open(RocksOptions.of(folder, Durability.DISK));
                FlushOptions wait = new FlushOptions()) {
            database.rocks.flush(wait, database.families);
        }
    }

    private void requireWhole(RocksOperationStore store, int entries) {
        List<LoggedEntry> log = await(store.read(writer.key(), 0, Long.MAX_VALUE));
        assertThat(log).hasSize(entries);
        assertThat(log.get(entries - 1).position()).isEqualTo(writer.position());
        assertThat(log.get(1).entry().effects()).isEmpty();
        assertThat(await(store.load(writer.key())).end()).isEqualTo(writer.chain());
    }

    @Test
    void nothing_of_an_erased_text_is_left_in_any_file_also_after_a_restart(Seed seed) throws IOException {
        hatch(seed);
        try (RocksOperationStore store = open()) {
            LoggedEntry entry = store(store);
            assertThat(filesWithCanary()).anyMatch(file -> file.endsWith(".log"));
            redact(store, entry);
            assertThat(filesWithCanary()).isNotEmpty();
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            requireWhole(store, 3);
        }
        assertThat(filesWithCanary()).isEmpty();
        try (RocksOperationStore store = open()) {
            requireWhole(store, 3);
            RocksStores.store(store, writer.append("goes on"));
        }
        assertThat(filesWithCanary()).isEmpty();
    }

    @Test
    void text_that_had_gone_to_tables_goes_from_there_too(Seed seed) throws IOException, RocksDBException {
        hatch(seed);
        RocksOperationStore first = open();
        LoggedEntry entry = store(first);
        flush(first, folder);
        assertThat(filesWithCanary()).anyMatch(file -> file.endsWith(".sst"));
        try (RocksOperationStore store = open()) {
            for (int i = 0; i < 200; i++) {
                RocksStores.store(
                        store, LogWriter.of("tenant", "other " + i).append("text of another conversation " + i));
            }
            redact(store, entry);
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            requireWhole(store, 3);
            assertThat(await(store.load(LogWriter.of("tenant", "other 7").key()))
                            .entries())
                    .hasSize(1);
        }
    }

    @Test
    void a_purge_that_never_began_is_done_after_the_next_start(Seed seed) throws IOException {
        hatch(seed);
        try (RocksOperationStore store = open()) {
            redact(store, store(store));
        }
        assertThat(filesWithCanary()).isNotEmpty();
        try (RocksOperationStore store = open()) {
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            requireWhole(store, 3);
        }
    }

    @Test
    void people_who_read_and_write_meanwhile_keep_nothing_alive(Seed seed) throws IOException {
        hatch(seed);
        try (RocksOperationStore store = open()) {
            LoggedEntry entry = store(store);
            AtomicBoolean done = new AtomicBoolean();
            List<Thread> busy = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                LogWriter other = LogWriter.of("tenant", "busy " + i);
                Thread thread = new Thread(() -> {
                    while (!done.get()) {
                        RocksStores.store(store, other.append("text"));
                        await(store.load(writer.key()));
                        await(store.read(writer.key(), 0, 2));
                    }
                });
                busy.add(thread);
                thread.start();
            }
            redact(store, entry);
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            done.set(true);
            for (Thread thread : busy) {
                thread.join();
            }
            requireWhole(store, 3);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(filesWithCanary()).isEmpty();
    }

    @Test
    void a_purge_with_nothing_to_purge_leaves_the_files_alone() throws IOException {
        try (RocksOperationStore store = open()) {
            RocksStores.store(store, writer.append("text"));
            List<Path> before = Folders.files(folder);
            await(store.purgeErased());
            assertThat(Folders.files(folder)).isEqualTo(before);
        }
    }

    @Test
    void a_store_that_closes_while_it_purges_finishes_after_the_next_start(Seed seed) throws IOException {
        hatch(seed);
        RocksOperationStore closing = open();
        redact(closing, store(closing));
        CompletableFuture<?> purge = closing.purgeErased().toCompletableFuture();
        closing.close();
        assertThat(purge).isDone();
        try (RocksOperationStore store = open()) {
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            requireWhole(store, 3);
        }
    }

    @Test
    void texts_erased_one_after_the_other_all_go(Seed seed) throws IOException {
        hatch(seed);
        try (RocksOperationStore store = open()) {
            RocksStores.store(store, writer.append("first"));
            RocksStores.store(store, writer.snapshotAlone(0, 0));
            for (int i = 0; i < 10; i++) {
                Append secret = writer.append(canary);
                RocksStores.store(store, secret);
                long since = i == 0 ? 1 : writer.position().revision() - 1;
                Append redact = writer.append("redacted");
                RocksStores.store(
                        store,
                        LogWriter.with(
                                redact,
                                writer.snapshot(since, 0),
                                LogWriter.erasure(secret.entries().get(0))));
                store.purgeErased();
            }
            await(store.purgeErased());
            assertThat(filesWithCanary()).isEmpty();
            assertThat(await(store.read(writer.key(), 0, Long.MAX_VALUE))).hasSize(21);
        }
    }
}

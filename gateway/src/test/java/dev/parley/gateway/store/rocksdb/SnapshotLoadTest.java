package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A long log is loaded from its snapshot alone: the proof is that damage before it is not met. */
class SnapshotLoadTest {
    private static final int APPENDS = 500;
    private static final int ENTRIES_PER_APPEND = 200;
    private static final int BLOCKS = 1_000;

    @TempDir
    private Path folder;

    @Test
    void a_conversation_of_a_hundred_thousand_entries_is_loaded_from_its_snapshot_alone() throws RocksDBException {
        RocksOptions options = RocksOptions.of(folder, Durability.PROCESS);
        LogWriter writer = LogWriter.of("tenant", "conversation");
        String[] texts = IntStream.range(0, ENTRIES_PER_APPEND)
                .mapToObj(n -> "an edit of the text, number " + n)
                .toArray(String[]::new);
        try (RocksOperationStore store = RocksStores.open(options)) {
            CompletionStage<?> last = store.append(List.of());
            for (int i = 0; i < APPENDS; i++) {
                last = store.append(List.of(writer.append(texts)));
            }
            await(last);
        }
        try (RocksOperationStore store = RocksStores.open(options)) {
            timed("loaded from its log", () -> {
                StoredConversation stored = await(store.load(writer.key()));
                assertThat(stored.entries()).hasSize(APPENDS * ENTRIES_PER_APPEND);
                return stored;
            });
            SnapshotBlock[] blocks = IntStream.range(0, BLOCKS)
                    .mapToObj(n -> LogWriter.block("block " + n, "the text of a message, number " + n, 1 + n))
                    .toArray(SnapshotBlock[]::new);
            RocksStores.store(store, writer.snapshotAlone(0, BLOCKS, blocks));
        }
        Append since = writer.append(texts);
        try (RocksOperationStore store = RocksStores.open(options)) {
            RocksStores.store(store, since);
        }
        try (RocksDatabase database = RocksDatabase.open(options)) {
            byte[] early = Keys.entry(Keys.conversation(writer.key()), 1_000);
            database.rocks.put(database.entries, early, new byte[] {2, 0, 0, 0, 0});
        }
        try (RocksOperationStore store = RocksStores.open(options)) {
            timed("loaded from its snapshot", () -> {
                StoredConversation stored = await(store.load(writer.key()));
                assertThat(stored.entries()).hasSize(ENTRIES_PER_APPEND);
                assertThat(Objects.requireNonNull(stored.snapshot()).blocks()).hasSize(BLOCKS);
                return stored;
            });
            long end = writer.position().revision();
            timed("100 entries read from its middle", () -> {
                List<LoggedEntry> read = await(store.read(writer.key(), end / 2, end / 2 + 100));
                assertThat(read).hasSize(100);
                return read;
            });
            assertThat(failure(store.read(writer.key(), 0, end))).isInstanceOf(DamagedLogException.class);
        }
    }

    private static void timed(String what, Supplier<?> work) {
        long start = System.nanoTime();
        Object result = work.get();
        System.out.printf(
                "a conversation of %d entries %s: %.1f ms%n",
                APPENDS * ENTRIES_PER_APPEND, what, (System.nanoTime() - start) / 1e6);
        assertThat(result).isNotNull();
    }
}

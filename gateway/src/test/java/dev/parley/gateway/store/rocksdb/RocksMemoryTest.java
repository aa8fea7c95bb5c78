package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much RocksDB holds outside of the Java heap. */
class RocksMemoryTest {
    private static final long BLOCK_CACHE_BYTES = 2 << 20;
    private static final long WRITE_BUFFER_BYTES = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void blocks_and_write_buffers_stay_within_the_cache_whatever_is_written_and_read() {
        RocksOptions options = new RocksOptions(
                folder, Durability.PROCESS, 64, 1 << 20, 100, 1, 64, BLOCK_CACHE_BYTES, WRITE_BUFFER_BYTES, 32);
        List<LogWriter> writers = new ArrayList<>();
        long largest = 0;
        try (RocksOperationStore store = RocksStores.open(options)) {
            for (int i = 0; i < 20; i++) {
                LogWriter writer = LogWriter.of("tenant", "conversation " + i);
                writers.add(writer);
                RocksStores.store(store, writer.append("x".repeat(300_000) + i, "y".repeat(100_000)));
                largest = Math.max(largest, store.statistics().blockCacheBytes());
            }
            for (LogWriter writer : writers) {
                assertThat(await(store.load(writer.key())).entries()).hasSize(2);
                largest = Math.max(largest, store.statistics().blockCacheBytes());
            }
            assertThat(store.statistics().bytesWritten()).isGreaterThan(3 * BLOCK_CACHE_BYTES);
        }
        assertThat(largest).isPositive().isLessThan(2 * BLOCK_CACHE_BYTES);
    }
}

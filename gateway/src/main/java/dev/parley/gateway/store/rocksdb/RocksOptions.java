package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Durability;
import java.nio.file.Path;

/**
 * Where a {@link RocksOperationStore} keeps its files, what its answers survive, and the bounds of what it holds in memory.
 * {@code commitBytesMax} is where a commit stops taking further batches, so the last one may carry it past that.
 */
public record RocksOptions(
        Path folder,
        Durability durability,
        int batchesQueuedMax,
        int commitBytesMax,
        int headsCachedMax,
        int readers,
        int readsQueuedMax,
        long blockCacheBytes,
        long writeBufferBytes,
        int filesOpenMax) {

    public static RocksOptions of(Path folder, Durability durability) {
        return new RocksOptions(folder, durability, 4096, 1 << 20, 10_000, 2, 4096, 64 << 20, 32 << 20, 512);
    }
}

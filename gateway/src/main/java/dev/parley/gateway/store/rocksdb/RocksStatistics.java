package dev.parley.gateway.store.rocksdb;

/** RocksDB's own counters since the store was opened. The block cache holds the write buffers too. */
public record RocksStatistics(
        long walSyncs,
        long walBytes,
        long bytesWritten,
        long stallMicros,
        long blockCacheHits,
        long blockCacheMisses,
        long blockCacheBytes) {}

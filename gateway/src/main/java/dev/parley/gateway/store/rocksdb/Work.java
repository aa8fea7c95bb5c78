package dev.parley.gateway.store.rocksdb;

import java.util.concurrent.CompletableFuture;

/** One call on its way to the committer. */
sealed interface Work permits PreparedBatch, Truncation, PurgedErasures {

    /** What answers it. */
    CompletableFuture<?> stage();

    /** Whether deciding it reads rows that an earlier call may have changed, which must be written before. */
    boolean readsRows();
}

package dev.parley.gateway.store.rocksdb;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Erasures of which nothing is left in the files, by their keys. */
record PurgedErasures(List<byte[]> keys, CompletableFuture<@Nullable Void> stage) implements Work {

    @Override
    public boolean readsRows() {
        return false;
    }
}

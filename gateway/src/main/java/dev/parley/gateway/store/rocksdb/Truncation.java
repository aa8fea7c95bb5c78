package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Keys;
import java.util.concurrent.CompletableFuture;

/** A call to cut off the beginning of a log, up to {@code revision}. */
@SuppressWarnings("ArrayRecordComponent") // what the keys of the conversation begin with
record Truncation(ConversationKey key, byte[] conversation, long revision, CompletableFuture<Long> stage)
        implements Work {

    static Truncation of(ConversationKey key, long revision) {
        return new Truncation(key, Keys.conversation(key), revision, new CompletableFuture<>());
    }

    @Override
    public boolean readsRows() {
        return true;
    }
}

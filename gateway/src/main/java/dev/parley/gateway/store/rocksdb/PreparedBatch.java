package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.PreparedAppend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One call of append on its way to the committer, and the stage that answers it. */
record PreparedBatch(List<PreparedAppend> appends, CompletableFuture<List<AppendResult>> stage) implements Work {

    /** Throws {@link IllegalArgumentException} for what may never be stored. */
    static PreparedBatch of(List<Append> batch) {
        Set<ConversationKey> conversations = new HashSet<>();
        List<PreparedAppend> appends = new ArrayList<>(batch.size());
        for (Append append : batch) {
            if (!conversations.add(append.key())) {
                throw new IllegalArgumentException("two appends to " + append.key() + " in one batch");
            }
            appends.add(PreparedAppend.of(append));
        }
        return new PreparedBatch(appends, new CompletableFuture<>());
    }

    @Override
    public boolean readsRows() {
        return appends.stream().anyMatch(append -> !append.earlierErasures().isEmpty());
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Reads a conversation's log piece by piece, so that a long one never is in memory. On the store's threads. */
record LogPages(OperationStore store, ConversationKey key) {
    private static final int PIECE = 100;
    private static final long ANSWER_BYTES_MAX = 1 << 20;

    /**
     * The first {@code limit} entries in ({@code from}, {@code to}] that the log still has, or as many of them as an answer
     * may hold, and at least one.
     */
    CompletionStage<List<LoggedEntry>> first(int limit, long from, long to) {
        return collect(limit, new ArrayList<>(), 0, from, to);
    }

    private CompletionStage<List<LoggedEntry>> collect(
            int limit, List<LoggedEntry> all, long bytes, long from, long to) {
        if (from >= to) {
            return CompletableFuture.completedFuture(all);
        }
        long end = Math.min(to, from + PIECE);
        return store.read(key, from, end).thenCompose(piece -> {
            long sum = bytes;
            for (LoggedEntry entry : piece) {
                sum += entry.content().length;
                if (sum > ANSWER_BYTES_MAX && !all.isEmpty()) {
                    return CompletableFuture.completedFuture(all);
                }
                all.add(entry);
                if (all.size() == limit) {
                    return CompletableFuture.completedFuture(all);
                }
            }
            return collect(limit, all, sum, end, to);
        });
    }

    /** Gives the entries in ({@code from}, {@code to}] to {@code reader}, in order, until it wants no more. */
    CompletionStage<Void> whileWanted(long from, long to, Predicate<LoggedEntry> reader) {
        if (from >= to) {
            return CompletableFuture.completedFuture(null);
        }
        long end = Math.min(to, from + PIECE);
        return store.read(key, from, end).thenCompose(piece -> {
            for (LoggedEntry entry : piece) {
                if (!reader.test(entry)) {
                    return CompletableFuture.completedFuture(null);
                }
            }
            return whileWanted(end, to, reader);
        });
    }
}

package dev.parley.gateway.shard;

import dev.parley.conversation.Redaction;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Looks through a log for entries that a redaction takes something of, piece by piece, on the store's threads. */
final class RedactedEntries {
    private static final int PIECE = 1_000;

    private RedactedEntries() {}

    static CompletionStage<List<LoggedEntry>> read(
            OperationStore store, ConversationKey key, Redaction redaction, Range range) {
        return read(store, key, redaction, range, new ArrayList<>());
    }

    private static CompletionStage<List<LoggedEntry>> read(
            OperationStore store, ConversationKey key, Redaction redaction, Range range, List<LoggedEntry> found) {
        long end = Math.min(range.to(), range.from() + PIECE);
        return store.read(key, range.from(), end).thenCompose(piece -> {
            for (LoggedEntry logged : piece) {
                if (!redaction.redacted(logged.entry()).equals(logged.entry())) {
                    found.add(logged);
                }
            }
            return end < range.to()
                    ? read(store, key, redaction, new Range(end, range.to()), found)
                    : CompletableFuture.completedFuture(found);
        });
    }
}

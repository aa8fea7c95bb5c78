package dev.parley.gateway.store;

import dev.parley.conversation.ConversationSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a shard needs to own a conversation. {@code entries} follow {@code snapshot}, or are the whole log where there
 * is none; one that was never written has neither. The log reaches back to {@code horizon}, and no further.
 */
public record StoredConversation(
        Chain horizon,
        @Nullable Snapshot snapshot,
        List<LoggedEntry> entries,
        List<OutboxRow> outboxRows,
        @Nullable ConversationSummary summary) {

    /** What {@link #entries} follow. */
    public Chain start() {
        return snapshot == null ? horizon : snapshot.chain();
    }

    /** Whether the log was at {@code chain}; only where this is not before {@link #start}. */
    public boolean holds(Chain chain) {
        long revision = chain.revision();
        if (revision > end().revision()) {
            return false;
        }
        long count = revision - start().revision();
        return chain.equals(
                count == 0 ? start() : entries.get(Math.toIntExact(count) - 1).chain());
    }

    public Chain end() {
        return entries.isEmpty() ? start() : entries.get(entries.size() - 1).chain();
    }
}

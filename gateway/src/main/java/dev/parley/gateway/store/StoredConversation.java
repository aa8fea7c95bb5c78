package dev.parley.gateway.store;

import dev.parley.conversation.ConversationSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything a shard needs to own a conversation. One that was never written has no entries. */
public record StoredConversation(
        List<LoggedEntry> entries,
        List<OutboxRow> outboxRows,
        @Nullable ConversationSummary summary) {}

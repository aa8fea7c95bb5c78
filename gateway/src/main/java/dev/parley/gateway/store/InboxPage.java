package dev.parley.gateway.store;

import dev.parley.conversation.ConversationSummary;
import java.util.List;

/** Conversations of a tenant and a kind, latest activity first. {@code next} is the cursor of the page after, empty after the last. */
@SuppressWarnings("ArrayRecordComponent") // an opaque cursor, handed back as it is
public record InboxPage(List<ConversationSummary> rows, byte[] next) {}

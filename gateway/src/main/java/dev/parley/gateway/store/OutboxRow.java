package dev.parley.gateway.store;

import dev.parley.conversation.RejectCode;
import org.jspecify.annotations.Nullable;

/**
 * The last submission that was answered of one outbox in one conversation, and the answer: the revision it became, or why
 * it was rejected.
 */
public record OutboxRow(
        String subject,
        String outbox,
        long lastSeq,
        long contentId,
        long lastUsedMillis,
        long acceptedRevision,
        @Nullable RejectCode rejected) {}

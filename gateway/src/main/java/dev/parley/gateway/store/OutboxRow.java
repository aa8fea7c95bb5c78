package dev.parley.gateway.store;

import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.SubmissionId;
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
        @Nullable RejectCode rejected) {

    /** That of the outbox whose submission became this entry, after it. */
    public static OutboxRow accepted(Entry entry) {
        SubmissionId id = entry.submission();
        return new OutboxRow(
                entry.author().subject(),
                id.outbox(),
                id.seq(),
                id.contentId(),
                entry.timeMillis(),
                entry.revision(),
                null);
    }
}

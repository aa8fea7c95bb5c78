package dev.parley.gateway.shard;

import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.View;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.OutboxRow;
import java.util.List;
import java.util.SortedMap;

/** What a shard has to tell a subscriber. Immutable. */
public sealed interface Delivery
        permits Published,
                Delivery.Opened,
                Delivery.OpenFailed,
                Delivery.Answered,
                Delivery.Page,
                Delivery.Ended,
                Delivery.Delivered,
                Delivery.InboxRows {

    /**
     * The subscriber belongs to the conversation's audience from here on. {@code created} says that this open created it.
     */
    record Opened(
            int handle,
            ConversationKey key,
            String name,
            View view,
            CatchUp catchUp,
            List<OutboxRow> outboxes,
            Delivered delivered,
            boolean created)
            implements Delivery {}

    record OpenFailed(OpenRequest request, OpenFailure failure, int delayMillis) implements Delivery {}

    /** The subscriber may not see the conversation any more. */
    record Ended(ConversationKey key) implements Delivery {}

    /** The answer to a submission that is not its own entry. */
    record Answered(int handle, String outbox, long seq, Answer answer) implements Delivery {}

    /** Blocks that stand before {@code before}; the next page ends at {@code olderThan}, 0 after the last one. */
    record Page(int handle, long before, List<Block> blocks, long olderThan) implements Delivery {}

    /** How far each side has received what the other wrote. */
    record Delivered(int handle, long visitorToStaff, long staffToVisitor) implements Delivery {}

    /** Rows of the inbox: a page of the kind that was asked for, with the cursor of the page after, or changes. */
    @SuppressWarnings("ArrayRecordComponent") // an opaque cursor, handed back as it is
    record InboxRows(String pageOf, List<ConversationSummary> rows, byte[] next) implements Delivery {

        /** Rows that changed. */
        public InboxRows(List<ConversationSummary> rows) {
            this("", rows, new byte[0]);
        }

        public boolean isPage() {
            return !pageOf.isEmpty();
        }
    }

    /** Why an open did not succeed. */
    enum OpenFailure {
        FORBIDDEN,
        UNAVAILABLE,
        QUARANTINED
    }

    /** What became of a submission. */
    sealed interface Answer {
        record Accepted(long revision, long contentId) implements Answer {}

        record Rejected(RejectCode code, long contentId) implements Answer {}

        record Refused(Refusal refusal, int delayMillis) implements Answer {}

        record Fault(OutboxFault fault, long lastSeq) implements Answer {}
    }

    /** Why a submission was not processed; it may come again. */
    enum Refusal {
        OVERLOADED,
        RATE_LIMITED,
        STORE_AWAY,
        BEHIND,
        FOREIGN_POSITION,
        TOO_MANY_OUTBOXES
    }

    /** How an outbox and the gateway disagree. */
    enum OutboxFault {
        ALREADY_DONE,
        OUTBOX_RESET,
        FORKED
    }

    /** The answer of an open: entries from the replica's position on, or blocks that replace what it has. */
    sealed interface CatchUp permits Published, Blocks {
        Position position();
    }

    /**
     * The blocks that changed after {@code since}, or with 0 all there are, but for some that stand before {@code
     * olderThan}.
     */
    record Blocks(
            long since, Position position, List<Block> blocks, SortedMap<String, String> attributes, long olderThan)
            implements CatchUp {}
}

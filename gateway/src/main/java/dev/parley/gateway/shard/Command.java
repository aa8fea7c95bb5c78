package dev.parley.gateway.shard;

import dev.parley.conversation.Redaction;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that needs the loaded conversation, handed to its shard. */
sealed interface Command {

    ConversationKey key();

    Subscriber subscriber();

    /** Whether people come first: it is text of an assistant. */
    default boolean yields() {
        return false;
    }

    /** Where the log ended when it was looked at for this command, in case that others know more than this node. */
    default @Nullable Chain seen() {
        return null;
    }

    default Command after(Chain end) {
        return this;
    }

    /** {@code read} is the part of the log that is not in memory, if it was asked for already. */
    record Open(
            OpenRequest request,
            Subscriber subscriber,
            @Nullable LogPart read,
            @Nullable Chain seen) implements Command {
        Open(OpenRequest request, Subscriber subscriber) {
            this(request, subscriber, null, null);
        }

        @Override
        public ConversationKey key() {
            return request.key();
        }

        /** Whether {@code missing}, if there is any, still has to be read. */
        boolean lacks(@Nullable Range missing, Conversation conversation) {
            return missing != null
                    && (read == null || read.range().to() < missing.to() || !conversation.isContinuing(read.end()));
        }

        List<LoggedEntry> entriesRead() {
            return read == null ? List.of() : read.entries();
        }

        Open with(LogPart part) {
            return new Open(request, subscriber, part, seen);
        }

        @Override
        public Open after(Chain end) {
            return new Open(request, subscriber, null, end);
        }
    }

    /** The entries in a range, as far as the store has them, of a log that went on from there to {@code end}. */
    record LogPart(Range range, List<LoggedEntry> entries, Chain end) {}

    record ReadBlocks(ConversationKey key, int handle, long before, int limit, Subscriber subscriber)
            implements Command {}

    /**
     * {@code expectedRevision}: that of the entry it has to follow. {@code redacted} is what was read of the log for it, if
     * it is a redaction and that was done already.
     */
    record Submit(
            ConversationKey key,
            int handle,
            Submission submission,
            long expectedRevision,
            Subscriber subscriber,
            @Nullable Redacted redacted,
            @Nullable Chain seen)
            implements Command {
        static final long ANY_REVISION = -1;

        Submit(ConversationKey key, int handle, Submission submission, long expectedRevision, Subscriber subscriber) {
            this(key, handle, submission, expectedRevision, subscriber, null, null);
        }

        Submit with(Redacted read) {
            return new Submit(key, handle, submission, expectedRevision, subscriber, read, seen);
        }

        @Override
        public Submit after(Chain end) {
            return new Submit(key, handle, submission, expectedRevision, subscriber, redacted, end);
        }

        @Override
        public boolean yields() {
            return subscriber.principal().role() == Role.ASSISTANT || submission.appendsText();
        }
    }

    /**
     * The entries in a range of which a redaction of these blocks takes something, as the log was after so many redactions
     * of the loaded conversation.
     */
    record Redacted(
            Conversation conversation, int redactions, List<String> blocks, Range range, List<LoggedEntry> entries) {

        boolean isOf(Conversation loaded, Redaction redaction, Range before) {
            return conversation == loaded
                    && redactions == loaded.redactions()
                    && !loaded.isErasing()
                    && blocks.equals(redaction.blocks())
                    && range.equals(before);
        }
    }
}

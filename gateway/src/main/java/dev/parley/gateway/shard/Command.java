package dev.parley.gateway.shard;

import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.gateway.shard.Conversation.Range;
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

    /** A request that may need more of the log than is in memory; {@code read} is that part, once it was asked for. */
    sealed interface Reading extends Command {
        @Nullable LogPart read();

        Reading with(LogPart part);

        /** Whether {@code missing}, if there is any, still has to be read. */
        default boolean lacks(@Nullable Range missing) {
            LogPart part = read();
            return missing != null && (part == null || part.range().to() < missing.to());
        }

        default List<LoggedEntry> entriesRead() {
            LogPart part = read();
            return part == null ? List.of() : part.entries();
        }
    }

    record Open(
            OpenRequest request,
            Subscriber subscriber,
            @Nullable LogPart read) implements Reading {
        @Override
        public ConversationKey key() {
            return request.key();
        }

        @Override
        public Open with(LogPart part) {
            return new Open(request, subscriber, part);
        }
    }

    /** The entries in a range, as far as the store has them. */
    record LogPart(Range range, List<LoggedEntry> entries) {}

    record ReadBlocks(ConversationKey key, int handle, long before, int limit, Subscriber subscriber)
            implements Command {}

    /** {@code expectedRevision}: that of the entry it has to follow. */
    record Submit(
            ConversationKey key,
            int handle,
            Submission submission,
            long expectedRevision,
            Subscriber subscriber,
            @Nullable LogPart read)
            implements Reading {
        static final long ANY_REVISION = -1;

        @Override
        public Submit with(LogPart part) {
            return new Submit(key, handle, submission, expectedRevision, subscriber, part);
        }

        @Override
        public boolean yields() {
            return subscriber.principal().role() == Role.ASSISTANT
                    || submission.operations().stream().anyMatch(Operation.AppendText.class::isInstance);
        }
    }
}

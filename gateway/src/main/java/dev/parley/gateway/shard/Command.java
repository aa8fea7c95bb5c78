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

    /** {@code read} is the part of the log that is not in memory, if it was asked for already. */
    record Open(
            OpenRequest request,
            Subscriber subscriber,
            @Nullable LogPart read) implements Command {
        @Override
        public ConversationKey key() {
            return request.key();
        }

        Open with(LogPart part) {
            return new Open(request, subscriber, part);
        }
    }

    /** The entries in a range, as far as the store has them. */
    record LogPart(Range range, List<LoggedEntry> entries) {}

    record ReadBlocks(ConversationKey key, int handle, long before, int limit, Subscriber subscriber)
            implements Command {}

    /** {@code expectedRevision}: that of the entry it has to follow. */
    record Submit(ConversationKey key, int handle, Submission submission, long expectedRevision, Subscriber subscriber)
            implements Command {
        static final long ANY_REVISION = -1;

        @Override
        public boolean yields() {
            return subscriber.principal().role() == Role.ASSISTANT
                    || submission.operations().stream().anyMatch(Operation.AppendText.class::isInstance);
        }
    }
}

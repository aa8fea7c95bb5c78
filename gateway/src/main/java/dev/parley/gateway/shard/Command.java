package dev.parley.gateway.shard;

import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.gateway.store.ConversationKey;

/** A request that needs the loaded conversation, handed to its shard. */
sealed interface Command {

    ConversationKey key();

    Subscriber subscriber();

    /** Whether people come first: it is text of an assistant. */
    default boolean yields() {
        return false;
    }

    record Open(OpenRequest request, Subscriber subscriber) implements Command {
        @Override
        public ConversationKey key() {
            return request.key();
        }
    }

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

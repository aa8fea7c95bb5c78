package dev.parley.gateway.store;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The logs of all conversations, the outbox rows that make a submission count once, and the indexes over them.
 *
 * <p>Thread: calls from any thread, none blocks. Stages complete on a thread of the store; callers hop back to their own.
 *
 * <p>Promises, the same for every engine:
 *
 * <ul>
 *   <li><b>Compare and append</b>: an {@link Append} is written as a whole if its conversation's log ends at {@code
 *       expected}, and not at all otherwise.
 *   <li><b>Durable</b>: a stage completes with {@link AppendResult#STORED} only after the batch survives what the
 *       configured {@link Durability} names. One that completes exceptionally is unknown, not failed.
 *   <li><b>Loud</b>: a log that does not read back as it was appended fails with {@link DamagedLogException}; it is never
 *       shortened silently.
 * </ul>
 */
public interface OperationStore extends AutoCloseable {

    /** Fails with {@link DamagedLogException} if the log does not verify. */
    CompletionStage<StoredConversation> load(ConversationKey key);

    /** The entries with revisions in ({@code from}, {@code to}]. */
    CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to);

    /** At most one append per conversation in a batch; a result for each, in order. */
    CompletionStage<List<AppendResult>> append(List<Append> batch);

    /** The ids of a visitor's conversations, in the order of their ids. */
    CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit);

    /** A page of a tenant's conversations of one kind after the cursor {@code after}; an empty cursor is the start. */
    CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit);

    /** False after an I/O error: nothing is acknowledged any more. */
    boolean isHealthy();

    @Override
    void close();
}

package dev.parley.gateway.store;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all conversations, the outbox rows that make a submission count once, and the indexes over them.
 *
 * <p>Thread: calls from any thread, none blocks. Stages complete on a thread of the store; callers hop back to their own.
 *
 * <p>Promises, the same for every engine:
 *
 * <ul>
 *   <li><b>Compare and append</b>: an {@link Append} is written as a whole if its conversation's log ends at {@code
 *       expected}, and not at all otherwise. Where several nodes share the engine, it is not written either if an outbox was
 *       answered meanwhile up to one of the seqs that the append answers.
 *   <li><b>Durable</b>: a stage completes with {@link AppendResult#STORED} only after the batch survives what the
 *       configured {@link Durability} names. One that completes exceptionally is unknown, not failed.
 *   <li><b>Loud</b>: a log that does not read back as it was appended fails with {@link DamagedLogException}; it is never
 *       shortened silently. What is read is verified, and no more than that.
 *   <li><b>Never rewritten</b>, but for two things: its beginning can be cut off as far as a snapshot covers it, and the
 *       content of single entries can be replaced while the chain over all of them stays whole.
 * </ul>
 */
public interface OperationStore extends AutoCloseable {

    /** The snapshot and the entries since. Fails with {@link DamagedLogException} if they do not verify. */
    CompletionStage<StoredConversation> load(ConversationKey key);

    /** The entries with revisions in ({@code from}, {@code to}], where they are not behind the horizon. */
    CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to);

    /** At most one append per conversation in a batch; a result for each, in order. */
    CompletionStage<List<AppendResult>> append(List<Append> batch);

    /**
     * Deletes the entries up to {@code revision}, but none that the snapshot does not cover. Completes with the revision
     * after which the log begins from now on.
     */
    CompletionStage<Long> truncate(ConversationKey key, long revision);

    /**
     * Up to {@code limit} logs that have or had entries, those after {@code after} in the order of tenants and conversations; null is the start.
     * Fewer than {@code limit} are the last.
     */
    CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit);

    /** Completes when what the erasures stored so far replaced is nowhere in the store any more. */
    CompletionStage<@Nullable Void> purgeErased();

    /** The ids of a visitor's conversations, in the order of their ids. */
    CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit);

    /** A page of a tenant's conversations of one kind after the cursor {@code after}; an empty cursor is the start. */
    CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit);

    /**
     * Calls {@code grown} with the revision, on any thread, when the conversation's log or one of its outbox rows changed by
     * another node's append, until the handle is closed. A hint and nothing more: it may be doubled or late, but not lost for
     * longer than two seconds. An engine that one node alone has never calls.
     */
    Watch watch(ConversationKey key, LongConsumer grown);

    /** Ends what {@link #watch} began. */
    interface Watch extends AutoCloseable {
        /** For engines that have nothing to tell. */
        Watch NONE = () -> {};

        @Override
        void close();
    }

    /** False after an I/O error: nothing is acknowledged any more. */
    boolean isHealthy();

    @Override
    void close();
}

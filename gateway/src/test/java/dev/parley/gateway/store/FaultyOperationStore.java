package dev.parley.gateway.store;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store whose calls go wrong as a script says: before each append, load and read it asks what shall happen to that one.
 * Works on whatever threads call it and complete the store below; a script that is not for one thread has to say so itself.
 */
public final class FaultyOperationStore implements OperationStore {
    private final OperationStore store;
    private final Supplier<Fault> script;
    private final Queue<Runnable> held = new ArrayDeque<>();

    public enum Fault {
        NONE,
        /** Fails at once, nothing done. */
        BUSY,
        /** Fails, and nothing was written. The caller cannot know. */
        LOST,
        /** Fails, though it was written. The caller cannot know. For a load or a read the same as {@link #LOST}. */
        UNANSWERED,
        /** Answers that nothing was stored because the positions differ. For a load or a read the same as {@link #NONE}. */
        CONFLICT,
        /** Is done now and answered on {@link FaultyOperationStore#release}. */
        HELD
    }

    public FaultyOperationStore(OperationStore store, Supplier<Fault> script) {
        this.store = store;
        this.script = script;
    }

    /** Answers what is held, in the order of the calls; returns how many that were. */
    public int release() {
        List<Runnable> answers;
        synchronized (held) {
            answers = List.copyOf(held);
            held.clear();
        }
        answers.forEach(Runnable::run);
        return answers.size();
    }

    @Override
    public CompletionStage<StoredConversation> load(ConversationKey key) {
        return reading(() -> store.load(key));
    }

    @Override
    public CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to) {
        return reading(() -> store.read(key, from, to));
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        return switch (script.get()) {
            case NONE -> store.append(batch);
            case BUSY -> CompletableFuture.failedFuture(new StoreBusyException("as the script says"));
            case LOST -> CompletableFuture.failedFuture(failed());
            case UNANSWERED -> store.append(batch).thenCompose(results -> CompletableFuture.failedFuture(failed()));
            case CONFLICT ->
                CompletableFuture.completedFuture(
                        batch.stream().map(append -> AppendResult.CONFLICT).toList());
            case HELD -> hold(store.append(batch));
        };
    }

    @Override
    public CompletionStage<Long> truncate(ConversationKey key, long revision) {
        return store.truncate(key, revision);
    }

    @Override
    public CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit) {
        return reading(() -> store.logs(after, limit));
    }

    @Override
    public CompletionStage<@Nullable Void> purgeErased() {
        return store.purgeErased();
    }

    @Override
    public CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit) {
        return store.conversationsOf(tenant, visitor, limit);
    }

    @Override
    public CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit) {
        return store.inbox(tenant, kind, after, limit);
    }

    @Override
    public Watch watch(ConversationKey key, LongConsumer grown) {
        return store.watch(key, grown);
    }

    @Override
    public boolean isHealthy() {
        return store.isHealthy();
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> CompletionStage<T> reading(Supplier<CompletionStage<T>> read) {
        return switch (script.get()) {
            case NONE, CONFLICT -> read.get();
            case BUSY -> CompletableFuture.failedFuture(new StoreBusyException("as the script says"));
            case LOST, UNANSWERED -> CompletableFuture.failedFuture(failed());
            case HELD -> hold(read.get());
        };
    }

    private <T> CompletionStage<T> hold(CompletionStage<T> stage) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (held) {
            held.add(() -> stage.whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(failure);
                }
            }));
        }
        return answer;
    }

    private static StoreFailedException failed() {
        return new StoreFailedException("as the script says", new IllegalStateException("scripted"));
    }
}

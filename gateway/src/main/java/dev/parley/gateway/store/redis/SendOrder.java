package dev.parley.gateway.store.redis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts one call after the other: the next when the one before has sent what it sends. Called from any thread; a call is
 * started on the thread that brings it, or on the one that ended the call before.
 */
final class SendOrder {
    private final Queue<Supplier<CompletionStage<?>>> waiting = new ArrayDeque<>();
    private boolean sending;

    /** {@code call} returns a stage that completes when it has sent all. It throws nothing. */
    void add(Supplier<CompletionStage<?>> call) {
        synchronized (this) {
            waiting.add(call);
        }
        drain();
    }

    private void drain() {
        for (Supplier<CompletionStage<?>> next = next(); next != null; next = next()) {
            CompletionStage<?> sent = next.get();
            if (!sent.toCompletableFuture().isDone()) {
                sent.whenComplete((done, failure) -> {
                    sent();
                    drain();
                });
                return;
            }
            sent();
        }
    }

    private synchronized @Nullable Supplier<CompletionStage<?>> next() {
        Supplier<CompletionStage<?>> next = sending ? null : waiting.poll();
        sending |= next != null;
        return next;
    }

    private synchronized void sent() {
        sending = false;
    }
}

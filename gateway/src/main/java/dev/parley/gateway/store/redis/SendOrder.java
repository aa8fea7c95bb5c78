package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.ConversationKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Starts the calls of each conversation one after the other: the next when the one before has sent what it sends. Calls that
 * have no conversation in common do not wait for each other, and of one without calls nothing is kept. Called from any thread;
 * a call is started on the thread that brings it, or on the one that ended the last call before it.
 */
final class SendOrder {
    private final Map<ConversationKey, Call> lastCalls = new HashMap<>();

    /** Guarded by the order. */
    private static final class Call {
        private final Collection<ConversationKey> keys;
        private final Supplier<CompletionStage<?>> sending;
        private final List<Call> next = new ArrayList<>();
        private int waitsFor;

        Call(Collection<ConversationKey> keys, Supplier<CompletionStage<?>> sending) {
            this.keys = keys;
            this.sending = sending;
        }
    }

    /** {@code call} returns a stage that completes when it has sent all. It throws nothing. */
    void add(Collection<ConversationKey> keys, Supplier<CompletionStage<?>> call) {
        Call added = new Call(keys, call);
        if (isNext(added)) {
            start(List.of(added));
        }
    }

    private synchronized boolean isNext(Call added) {
        for (ConversationKey key : added.keys) {
            Call before = lastCalls.put(key, added);
            if (before != null) {
                before.next.add(added);
                added.waitsFor++;
            }
        }
        return added.waitsFor == 0;
    }

    /** In a loop, since what is sent at once lets the next begin: the line may be longer than the stack. */
    private void start(List<Call> calls) {
        Queue<Call> ready = new ArrayDeque<>(calls);
        for (Call call = ready.poll(); call != null; call = ready.poll()) {
            Call started = call;
            CompletionStage<?> sent = started.sending.get();
            if (sent.toCompletableFuture().isDone()) {
                ready.addAll(sent(started));
            } else {
                sent.whenComplete((done, failure) -> start(sent(started)));
            }
        }
    }

    /** Returns the calls that waited for this one last. */
    private synchronized List<Call> sent(Call call) {
        call.keys.forEach(key -> lastCalls.remove(key, call));
        List<Call> ready = new ArrayList<>();
        for (Call next : call.next) {
            next.waitsFor--;
            if (next.waitsFor == 0) {
                ready.add(next);
            }
        }
        return ready;
    }

    /** Conversations with calls that have not sent all. */
    synchronized int conversations() {
        return lastCalls.size();
    }
}

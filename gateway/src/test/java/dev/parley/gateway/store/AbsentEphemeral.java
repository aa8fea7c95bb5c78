package dev.parley.gateway.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What nodes share, which does not answer while it is away: it answers when it is back, or never. A node that
 * has one can be cut off from the others. For any thread. */
public final class AbsentEphemeral implements Ephemeral {
    private final Ephemeral ephemeral;
    private final List<Asked<?>> asked = new CopyOnWriteArrayList<>();
    private volatile boolean away;

    private record Asked<T extends @Nullable Object>(
            Supplier<CompletionStage<T>> question, CompletableFuture<T> answer) {
        void ask() {
            question.get().thenAccept(answer::complete);
        }

        void fail() {
            answer.completeExceptionally(new IllegalStateException("not reachable"));
        }
    }

    public AbsentEphemeral(Ephemeral ephemeral) {
        this.ephemeral = ephemeral;
    }

    public void leave() {
        away = true;
    }

    /** Whoever waits is answered. */
    public void comeBack() {
        away = false;
        take().forEach(Asked::ask);
    }

    /** Whoever waits has waited long enough. */
    public void timeOut() {
        take().forEach(Asked::fail);
    }

    /** Returns when somebody waits for an answer. */
    public void awaitQuestion() throws InterruptedException {
        while (asked.isEmpty()) {
            Thread.sleep(1);
        }
    }

    private List<Asked<?>> take() {
        List<Asked<?>> taken = List.copyOf(asked);
        asked.clear();
        return taken;
    }

    private <T extends @Nullable Object> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        if (!away) {
            return question.get();
        }
        Asked<T> unanswered = new Asked<>(question, new CompletableFuture<>());
        asked.add(unanswered);
        return unanswered.answer();
    }

    @Override
    public CompletionStage<Long> fence(String name) {
        return ask(() -> ephemeral.fence(name));
    }

    @Override
    public CompletionStage<Long> newestFence(String name, long claimed) {
        return ask(() -> ephemeral.newestFence(name, claimed));
    }

    @Override
    public CompletionStage<Boolean> hold(String name, long fence, long leaseMillis) {
        return ask(() -> ephemeral.hold(name, fence, leaseMillis));
    }

    @Override
    public void release(String name, long fence) {
        if (!away) {
            ephemeral.release(name, fence);
        }
    }

    @Override
    public CompletionStage<Map<String, Long>> leases(String prefix) {
        return ask(() -> ephemeral.leases(prefix));
    }

    @Override
    public CompletionStage<@Nullable Void> put(String name, byte[] value, long keptMillis) {
        return ask(() -> ephemeral.put(name, value, keptMillis));
    }

    @Override
    public CompletionStage<byte @Nullable []> take(String name) {
        return ask(() -> ephemeral.take(name));
    }

    @Override
    public void publish(String channel, byte[] message) {
        if (!away) {
            ephemeral.publish(channel, message);
        }
    }

    @Override
    public Subscription subscribe(String channel, Consumer<byte[]> listener) {
        return ephemeral.subscribe(channel, message -> {
            if (!away) {
                listener.accept(message);
            }
        });
    }

    @Override
    public void close() {}
}

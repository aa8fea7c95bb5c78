package dev.parley.load;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What lives on an event loop, reached from other threads, which are blocked meanwhile. */
public record OnLoop(EventLoop loop) {
    private static final Duration CALL_MAX = Duration.ofMinutes(1);
    private static final int POLL_MILLIS = 20;

    public <T> T get(Supplier<T> action) {
        return CompletableFuture.supplyAsync(action, loop)
                .orTimeout(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    public void run(Runnable action) {
        CompletableFuture.runAsync(action, loop)
                .orTimeout(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Throws {@link IllegalStateException} if it does not become true in time. */
    public void await(String what, Duration limit, BooleanSupplier condition) {
        if (!becomes(limit, condition)) {
            throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
        }
    }

    /** Whether it becomes true in time. */
    public boolean becomes(Duration limit, BooleanSupplier condition) {
        CompletableFuture<Boolean> holds = new CompletableFuture<>();
        ScheduledFuture<?> polls = loop.scheduleAtFixedRate(
                () -> {
                    try {
                        if (condition.getAsBoolean()) {
                            holds.complete(true);
                        }
                    } catch (RuntimeException e) {
                        holds.completeExceptionally(e);
                    }
                },
                0,
                POLL_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            return holds.completeOnTimeout(false, limit.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } finally {
            polls.cancel(false);
        }
    }
}

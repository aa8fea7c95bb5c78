package dev.parley.gateway.store.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Purges what was erased from the servers' files, one rewrite at a time with a rest between two: who asks meanwhile shares
 * the next. For any thread.
 */
final class ErasedText {
    private static final int REST_SECONDS = 10;

    private final RedisLink link;
    private final Executor rested = CompletableFuture.delayedExecutor(REST_SECONDS, TimeUnit.SECONDS);
    private boolean busy;
    private @Nullable CompletableFuture<@Nullable Void> next;

    ErasedText(RedisLink link) {
        this.link = link;
    }

    CompletionStage<@Nullable Void> purge() {
        CompletableFuture<@Nullable Void> purged;
        synchronized (this) {
            if (busy) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            busy = true;
            purged = new CompletableFuture<>();
        }
        rewrite(purged);
        return purged;
    }

    private void rewrite(CompletableFuture<@Nullable Void> purged) {
        link.primaries()
                .thenCompose(
                        servers -> RedisAppends.all(servers.stream().map(server -> new RewrittenFile(server).write())))
                .whenComplete((done, failure) -> {
                    CompletableFuture.runAsync(this::goOn, rested);
                    if (failure == null) {
                        purged.complete(null);
                    } else {
                        purged.completeExceptionally(failure);
                    }
                });
    }

    private void goOn() {
        CompletableFuture<@Nullable Void> waiting;
        synchronized (this) {
            waiting = next;
            next = null;
            busy = waiting != null;
        }
        if (waiting != null) {
            rewrite(waiting);
        }
    }
}

package dev.parley.gateway.store.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Lets a server write its append-only file anew, which is what forgets the bytes that were replaced in memory. For any
 * thread.
 */
final class RewrittenFile {
    private static final int LOOK_AGAIN_MILLIS = 200;

    private final RedisAsyncCommands<byte[], byte[]> server;
    private final Executor later = CompletableFuture.delayedExecutor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);

    RewrittenFile(RedisAsyncCommands<byte[], byte[]> server) {
        this.server = server;
    }

    /** Completes when a rewrite ended that began after this call. A server without such a file has nothing to forget. */
    CompletionStage<Void> write() {
        return server.info("persistence").thenCompose(info -> {
            if (!is(info, "aof_enabled:1")) {
                return CompletableFuture.completedFuture(null);
            }
            if (isWriting(info)) {
                return CompletableFuture.runAsync(() -> {}, later).thenCompose(done -> write());
            }
            return server.bgrewriteaof().thenCompose(begun -> ended());
        });
    }

    private CompletionStage<Void> ended() {
        return CompletableFuture.runAsync(() -> {}, later)
                .thenCompose(done -> server.info("persistence"))
                .thenCompose(info -> {
                    if (isWriting(info)) {
                        return ended();
                    }
                    return is(info, "aof_last_bgrewrite_status:ok")
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(
                                    new IllegalStateException("Redis could not write its file anew"));
                });
    }

    private static boolean isWriting(String info) {
        return is(info, "aof_rewrite_in_progress:1")
                || is(info, "aof_rewrite_scheduled:1")
                || is(info, "rdb_bgsave_in_progress:1");
    }

    private static boolean is(String info, String line) {
        return info.lines().anyMatch(line::equals);
    }
}

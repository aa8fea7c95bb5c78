package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.StoreFailedException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a replica has all that a server was answered before: by a write of its own and {@code WAIT}, whose count is
 * compared, on a connection of its own, which stands still meanwhile. Who comes while one is waited for shares the next. For
 * any thread.
 *
 * <p>{@code WAIT} is about what its own connection wrote. If that is lost after the write was answered, Lettuce sends {@code
 * WAIT} on the next one, where it waits for nothing (Redis 7.0 and older wait for all that was written before that connection
 * began, newer ones do not). So the connection is asked for its number before and after, and all is sent again if that changed.
 */
final class ReplicaBarrier {
    private static final byte[] NOTHING = {};
    private static final long CUT = -1;
    private static final int TRIES = 20;

    private final RedisLink link;
    private final int waitMillis;
    private final Map<RedisAsyncCommands<byte[], byte[]>, Lane> lanes = new HashMap<>();

    ReplicaBarrier(RedisLink link, int waitMillis) {
        this.link = link;
        this.waitMillis = waitMillis;
    }

    /** The barriers of one server. */
    private static final class Lane {
        private boolean waiting;
        private @Nullable CompletableFuture<Void> next;
        private byte[] nextKey = NOTHING;
    }

    /** Fails if no replica has it in time: it may have it, or not. */
    CompletionStage<Void> pass(int partition) {
        byte[] key = RedisKeys.barrier(partition);
        return link.of(key).thenCompose(server -> pass(server, key));
    }

    private CompletionStage<Void> pass(RedisAsyncCommands<byte[], byte[]> server, byte[] key) {
        synchronized (lanes) {
            Lane lane = lanes.computeIfAbsent(server, each -> new Lane());
            if (lane.waiting) {
                if (lane.next == null) {
                    lane.next = new CompletableFuture<>();
                    lane.nextKey = key;
                }
                return lane.next;
            }
            lane.waiting = true;
        }
        CompletableFuture<Void> passed = new CompletableFuture<>();
        go(server, key, passed, TRIES);
        return passed;
    }

    private void go(RedisAsyncCommands<byte[], byte[]> server, byte[] key, CompletableFuture<Void> passed, int tries) {
        CompletionStage<Long> before = server.clientId();
        CompletionStage<String> written = server.set(key, NOTHING);
        CompletionStage<Long> counted = server.waitForReplication(1, waitMillis);
        CompletionStage<Boolean> whole = server.clientId().thenCombine(before, Long::equals);
        CompletionStage<Long> waited = written.thenCombine(counted, (ok, replicas) -> replicas);
        waited.thenCombine(whole, (replicas, isWhole) -> isWhole ? replicas : CUT)
                .whenComplete((replicas, failure) -> {
                    boolean isCut = failure == null ? replicas == CUT : LostAnswers.isLost(failure);
                    if (isCut && tries > 1) {
                        go(server, key, passed, tries - 1);
                        return;
                    }
                    next(server);
                    if (failure != null) {
                        passed.completeExceptionally(failure);
                    } else if (replicas < 1) {
                        passed.completeExceptionally(new StoreFailedException(
                                "no replica of Redis has it within " + waitMillis + " ms",
                                new IOException("WAIT counted 0")));
                    } else {
                        passed.complete(null);
                    }
                });
    }

    private void next(RedisAsyncCommands<byte[], byte[]> server) {
        CompletableFuture<Void> next;
        byte[] key;
        synchronized (lanes) {
            Lane lane = lanes.computeIfAbsent(server, each -> new Lane());
            next = lane.next;
            key = lane.nextKey;
            lane.next = null;
            lane.waiting = next != null;
            if (next == null) {
                lanes.remove(server);
                return;
            }
        }
        go(server, key, next, TRIES);
    }
}

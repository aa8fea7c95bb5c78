package dev.parley.gateway.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off the beginnings of logs that are older than logs are kept, as far as a snapshot covers them. It walks through all
 * logs, a few a turn and one after the other, then rests. {@link #turn} is for any thread and does not block; the work is
 * done on the store's threads, and no shard waits for it.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final int LOGS_PER_TURN = 32;
    private static final long REST_MILLIS = Duration.ofHours(1).toMillis();
    private static final long REST_AFTER_FAILURE_MILLIS = Duration.ofMinutes(1).toMillis();

    private final OperationStore store;
    private final Duration kept;
    private final InstantSource clock;
    /** Hands the fields below from the thread of one turn to that of the next. */
    private final AtomicBoolean underWay = new AtomicBoolean();

    private @Nullable ConversationKey last;
    private int cutOff;
    private long restsUntilMillis;

    public Retention(OperationStore store, Duration kept, InstantSource clock) {
        this.store = store;
        this.kept = kept;
        this.clock = clock;
    }

    /** Goes on with the walk, unless the turn before is not over yet or it is time to rest. */
    public void turn() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        long now = clock.millis();
        if (now < restsUntilMillis) {
            underWay.set(false);
            return;
        }
        store.logs(last, LOGS_PER_TURN)
                .thenCompose(logs -> cut(logs, 0, now - kept.toMillis()).thenAccept(done -> walked(logs, now)))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("logs are not cut for a while", failure);
                        restsUntilMillis = now + REST_AFTER_FAILURE_MILLIS;
                    }
                    underWay.set(false);
                });
    }

    private void walked(List<LogExtent> logs, long now) {
        if (logs.size() == LOGS_PER_TURN) {
            last = logs.get(LOGS_PER_TURN - 1).key();
            return;
        }
        if (cutOff > 0) {
            LOG.info("cut off the beginnings of {} logs, older than {} days", cutOff, kept.toDays());
        }
        last = null;
        cutOff = 0;
        restsUntilMillis = now + REST_MILLIS;
    }

    private CompletionStage<@Nullable Void> cut(List<LogExtent> logs, int index, long beforeMillis) {
        if (index == logs.size()) {
            return CompletableFuture.completedFuture(null);
        }
        LogExtent log = logs.get(index);
        return lastBefore(beforeMillis, log.key(), log.horizon(), log.snapshot(), log.horizon() + 1)
                .thenCompose(revision -> cut(log, revision))
                .exceptionally(Retention::leaveIfDamaged)
                .thenCompose(done -> cut(logs, index + 1, beforeMillis));
    }

    private CompletionStage<@Nullable Void> cut(LogExtent log, long revision) {
        if (revision <= log.horizon()) {
            return CompletableFuture.completedFuture(null);
        }
        return store.truncate(log.key(), revision).thenApply(horizon -> {
            cutOff++;
            return null;
        });
    }

    /** The last entry before a time, if all up to {@code low} are and none after {@code high} counts. Times never fall. */
    private CompletionStage<Long> lastBefore(long timeMillis, ConversationKey key, long low, long high, long probe) {
        if (low >= high) {
            return CompletableFuture.completedFuture(low);
        }
        return store.read(key, probe - 1, probe).thenCompose(entries -> {
            boolean before = !entries.isEmpty() && entries.get(0).entry().timeMillis() < timeMillis;
            long least = before ? probe : low;
            long most = before ? high : probe - 1;
            return lastBefore(timeMillis, key, least, most, least + (most - least + 1) / 2);
        });
    }

    /** What is quarantined stays as it is, and is in nobody's way. */
    private static @Nullable Void leaveIfDamaged(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof DamagedLogException) {
            return null;
        }
        throw new CompletionException(cause);
    }
}

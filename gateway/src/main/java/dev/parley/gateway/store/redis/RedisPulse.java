package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreFailedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis answers, and how much it may be asked at once. A command without an answer stops all that follow until a
 * ping, sent on the same connections behind it, has one: so what waits inside of Lettuce is bounded by what was in flight. What
 * is asked in the moments in which a connection is lost waits for the next one.
 * For any thread.
 */
final class RedisPulse {
    private static final Logger LOG = LoggerFactory.getLogger(RedisPulse.class);

    /** While it is lost for fewer beats in a row, what is asked waits for it. */
    private static final int BEATS_LOST_MAX = 4;

    private final RedisLink link;
    private final long bytesInFlightMax;
    private final AtomicLong bytesInFlight = new AtomicLong();
    private int beatsLost;
    private volatile boolean answers = true;
    private volatile boolean closed;

    RedisPulse(RedisLink link, long bytesInFlightMax) {
        this.link = link;
        this.bytesInFlightMax = bytesInFlightMax;
    }

    /** Asks whether it answers; called on the beat. A connection that was lost is mostly back at once. */
    void beat() {
        if (!link.isOpen()) {
            beatsLost++;
            if (beatsLost >= BEATS_LOST_MAX) {
                answered(false, "the connection is lost");
            }
            return;
        }
        beatsLost = 0;
        link.primaries()
                .thenCompose(nodes -> CompletableFuture.allOf(nodes.stream()
                        .map(node -> LostAnswers.askAgain(node::ping).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new)))
                .whenComplete(
                        (done, failure) -> answered(failure == null, failure == null ? "" : failure.getMessage()));
    }

    private void answered(boolean now, @Nullable String why) {
        if (now && !answers) {
            LOG.warn("Redis answers again");
        } else if (!now && answers && !closed) {
            LOG.warn("Redis does not answer: {}", why);
        }
        answers = now;
    }

    boolean beats() {
        return answers && !closed;
    }

    /** Throws if nothing may be sent now, {@link StoreBusyException} where that will pass. */
    void require() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        if (!beats()) {
            throw new StoreBusyException("Redis is away");
        }
    }

    /** As {@link #require}, for what is to be released when it was answered. */
    void acquire(long bytes) {
        require();
        if (bytesInFlight.addAndGet(bytes) > bytesInFlightMax && bytes < bytesInFlight.get()) {
            bytesInFlight.addAndGet(-bytes);
            throw new StoreBusyException("more is on its way to Redis than may be");
        }
    }

    void release(long bytes) {
        bytesInFlight.addAndGet(-bytes);
    }

    long bytesInFlight() {
        return bytesInFlight.get();
    }

    /** What a caller is told of a failure that Lettuce reports. */
    RuntimeException failure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RedisCommandTimeoutException) {
            answers = false;
        }
        if (closed) {
            return new IllegalStateException("the store is closed", cause);
        }
        if (cause instanceof RedisException) {
            return new StoreFailedException("Redis: " + cause.getMessage(), cause);
        }
        return cause instanceof RuntimeException known ? known : new UncheckedIOException(new IOException(cause));
    }

    void close() {
        closed = true;
    }
}

package dev.parley.gateway.store;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one gateway share and nobody keeps: fences, leases, values that are taken once, and messages. Nothing of it decides the order of a
 * log.
 *
 * <p>Thread: calls from any thread, none blocks. Stages complete and listeners are called on threads of this object; callers
 * hop back to their own.
 */
public interface Ephemeral extends AutoCloseable {
    long FENCE_KEPT_MILLIS = 60 * 60 * 1_000;

    /**
     * A number larger than all that were given for this name before, and no smaller than the time in milliseconds. So a name
     * may be forgotten that nobody asked about for {@link #FENCE_KEPT_MILLIS}, and the newest numbers may be lost.
     */
    CompletionStage<Long> fence(String name);

    /** The newest fence of a name; that is the one which is claimed, if no newer one is known. */
    CompletionStage<Long> newestFence(String name, long claimed);

    /**
     * Takes or renews the lease of a name for who has the fence. False if a larger fence had it, or if this one let it run
     * out: others may have acted on that, so that a new fence is needed.
     */
    CompletionStage<Boolean> hold(String name, long fence, long leaseMillis);

    /** Ends a lease before its time, if the fence still has it. */
    void release(String name, long fence);

    /** The leases that have not run out of names that begin with the prefix, and the fence of each. */
    CompletionStage<Map<String, Long>> leases(String prefix);

    /** Keeps a value under a name that nothing else has, to be taken within the time. */
    CompletionStage<@Nullable Void> put(String name, byte[] value, long keptMillis);

    /** The value of a name, which is nobody's any more then; null if it was taken, or its time is over. */
    CompletionStage<byte @Nullable []> take(String name);

    /** Tells everybody who listens, the sender too. The message may be lost, doubled or overtaken by later ones. */
    void publish(String channel, byte[] message);

    /** Whether somebody may listen. False where it is known that nobody does, so that nothing has to be said. */
    default boolean mayBeHeard(String channel) {
        return true;
    }

    /** Calls {@code listener} with each message until the returned handle is closed. */
    Subscription subscribe(String channel, Consumer<byte[]> listener);

    @Override
    void close();

    /** Ends what {@link #subscribe} began. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}

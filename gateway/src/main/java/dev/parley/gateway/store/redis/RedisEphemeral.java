package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Ephemeral;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes share, in Redis: fences in a key each, which is forgotten when nobody asks any more; leases in one slot, so that
 * they can be listed; messages through sharded channels. Times are those of Redis. For any thread; stages complete on
 * Lettuce's threads, after the command's time limit at the latest.
 */
public final class RedisEphemeral implements Ephemeral {
    private static final Logger LOG = LoggerFactory.getLogger(RedisEphemeral.class);

    private static final String FENCES = "parley:fence:";
    private static final String VALUES = "parley:value:";
    private static final byte[] LEASE_ENDS = bytes("parley:{leases}:ends");
    private static final byte[] LEASE_FENCES = bytes("parley:{leases}:fences");
    private static final byte[] FENCE_KEPT = bytes(Long.toString(FENCE_KEPT_MILLIS));

    private final RedisLink link;
    private final ShardedChannels channels;

    /** Connects. Throws what Lettuce throws if there is no connection to be had. */
    public static RedisEphemeral of(RedisConnections connections) {
        return new RedisEphemeral(connections.connect(), new ShardedChannels(connections.subscribe()));
    }

    RedisEphemeral(RedisLink link, ShardedChannels channels) {
        this.link = link;
        this.channels = channels;
    }

    @Override
    public CompletionStage<Long> fence(String name) {
        return run(EphemeralScript.FENCE, ScriptOutputType.VALUE, new byte[][] {fenceKey(name)}, FENCE_KEPT)
                .thenApply(RedisEphemeral::number);
    }

    @Override
    public CompletionStage<Long> newestFence(String name, long claimed) {
        return run(
                        EphemeralScript.NEWEST_FENCE,
                        ScriptOutputType.VALUE,
                        new byte[][] {fenceKey(name)},
                        bytes(Long.toString(claimed)),
                        FENCE_KEPT)
                .thenApply(RedisEphemeral::number);
    }

    @Override
    public CompletionStage<Boolean> hold(String name, long fence, long leaseMillis) {
        return run(
                        EphemeralScript.HOLD,
                        ScriptOutputType.INTEGER,
                        leaseKeys(),
                        bytes(name),
                        bytes(Long.toString(fence)),
                        bytes(Long.toString(leaseMillis)))
                .thenApply(answer -> ((Long) answer) == 1);
    }

    @Override
    public void release(String name, long fence) {
        run(EphemeralScript.RELEASE, ScriptOutputType.INTEGER, leaseKeys(), bytes(name), bytes(Long.toString(fence)))
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        LOG.debug("a lease was not released, and runs out by itself", failure);
                    }
                });
    }

    @Override
    public CompletionStage<Map<String, Long>> leases(String prefix) {
        return run(EphemeralScript.LEASES, ScriptOutputType.MULTI, leaseKeys(), bytes(prefix))
                .thenApply(answer -> {
                    List<?> pairs = (List<?>) answer;
                    Map<String, Long> leases = new HashMap<>();
                    for (int i = 0; i + 1 < pairs.size(); i += 2) {
                        leases.put(text((byte[]) pairs.get(i)), number(pairs.get(i + 1)));
                    }
                    return leases;
                });
    }

    @Override
    public CompletionStage<@Nullable Void> put(String name, byte[] value, long keptMillis) {
        return ask(() -> link.commands().set(bytes(VALUES + name), value, SetArgs.Builder.px(keptMillis)))
                .thenApply(answer -> null);
    }

    @Override
    public CompletionStage<byte @Nullable []> take(String name) {
        return ask(() -> link.commands().getdel(bytes(VALUES + name)));
    }

    @Override
    public void publish(String channel, byte[] message) {
        try {
            link.commands()
                    .spublish(bytes(ShardedChannels.PREFIX + channel), message)
                    .whenComplete((heard, failure) -> {
                        if (failure != null) {
                            LOG.debug("a message was lost", failure);
                        }
                    });
        } catch (RuntimeException e) {
            LOG.debug("a message was lost", e);
        }
    }

    @Override
    public Subscription subscribe(String channel, Consumer<byte[]> listener) {
        return channels.subscribe(channel, listener);
    }

    /** A server that was started anew, or that took over, does not know the script yet. */
    private CompletionStage<Object> run(
            EphemeralScript script, ScriptOutputType output, byte[][] keys, byte[]... arguments) {
        return LostAnswers.<Object>askAgain(() -> RedisEphemeral.<Object>ask(
                        () -> link.commands().evalsha(script.digest(), output, keys, arguments)))
                .handle((answer, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(answer);
                    }
                    return EphemeralScript.isUnknown(failure)
                            ? RedisEphemeral.<Object>ask(
                                    () -> link.commands().eval(script.text(), output, keys, arguments))
                            : CompletableFuture.<Object>failedStage(failure);
                })
                .thenCompose(answer -> answer);
    }

    /** A queue that is full, or a connection that is closed, throws. */
    private static <T extends @Nullable Object> CompletionStage<T> ask(Supplier<? extends CompletionStage<T>> command) {
        try {
            return command.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static byte[][] leaseKeys() {
        return new byte[][] {LEASE_ENDS, LEASE_FENCES};
    }

    private static byte[] fenceKey(String name) {
        return bytes(FENCES + name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long number(Object answer) {
        return Long.parseLong(text((byte[]) answer));
    }

    @Override
    public void close() {
        channels.close();
        link.close();
    }
}

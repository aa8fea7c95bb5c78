package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Ephemeral.Subscription;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels that this node listens to, one subscription each, whoever of the node listens. A channel that is not subscribed
 * although somebody listens, since the connection was away or a cluster moved its slot, is subscribed again within moments.
 * For any thread; listeners are called on Lettuce's.
 */
final class ShardedChannels implements AutoCloseable {
    static final String PREFIX = "parley:channel:";

    private static final Logger LOG = LoggerFactory.getLogger(ShardedChannels.class);
    private static final int MEND_MILLIS = 500;

    private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final ScheduledExecutorService mending =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "channels"));

    private static final class Channel {
        private final List<Consumer<byte[]>> listeners = new CopyOnWriteArrayList<>();
        private volatile boolean subscribed;
    }

    ShardedChannels(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
        this.connection = connection;
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void smessage(byte[] channel, byte[] message) {
                received(name(channel), message);
            }

            @Override
            public void ssubscribed(byte[] channel, long count) {
                mark(name(channel), true);
            }

            @Override
            public void sunsubscribed(byte[] channel, long count) {
                mark(name(channel), false);
            }
        });
        mending.scheduleWithFixedDelay(this::mend, MEND_MILLIS, MEND_MILLIS, TimeUnit.MILLISECONDS);
    }

    Subscription subscribe(String name, Consumer<byte[]> listener) {
        Consumer<byte[]> own = message -> listener.accept(message);
        channels.compute(name, (key, known) -> {
            Channel channel = known == null ? new Channel() : known;
            channel.listeners.add(own);
            if (known == null) {
                begin(key);
            }
            return channel;
        });
        return () -> channels.computeIfPresent(name, (key, channel) -> {
            if (!channel.listeners.remove(own) || !channel.listeners.isEmpty()) {
                return channel;
            }
            end(key);
            return null;
        });
    }

    private void received(String name, byte[] message) {
        Channel channel = channels.get(name);
        if (channel == null) {
            return;
        }
        for (Consumer<byte[]> listener : channel.listeners) {
            try {
                listener.accept(message.clone());
            } catch (RuntimeException e) {
                LOG.error("a message on {} failed", name, e);
            }
        }
    }

    private void mark(String name, boolean isSubscribed) {
        Channel channel = channels.get(name);
        if (channel != null) {
            channel.subscribed = isSubscribed;
        }
    }

    private void mend() {
        channels.forEach((name, channel) -> {
            if (!channel.subscribed) {
                begin(name);
            }
        });
    }

    private void begin(String name) {
        try {
            connection.async().ssubscribe(key(name)).whenComplete((answer, failure) -> {
                if (failure != null) {
                    LOG.debug("{} is not subscribed yet", name, failure);
                }
            });
        } catch (RuntimeException e) {
            LOG.debug("{} is not subscribed yet", name, e);
        }
    }

    private void end(String name) {
        try {
            connection.async().sunsubscribe(key(name));
        } catch (RuntimeException e) {
            LOG.debug("{} is not unsubscribed", name, e);
        }
    }

    private static byte[] key(String name) {
        return (PREFIX + name).getBytes(StandardCharsets.UTF_8);
    }

    private static String name(byte[] key) {
        return new String(key, StandardCharsets.UTF_8).substring(PREFIX.length());
    }

    @Override
    public void close() {
        mending.shutdownNow();
        connection.close();
    }
}

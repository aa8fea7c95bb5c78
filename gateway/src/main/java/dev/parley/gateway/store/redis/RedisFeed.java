package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.OperationStore.Watch;
import dev.parley.wire.WireException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who watches a conversation that another node wrote to it. Announcements come on one channel for each partition in
 * use and may be lost: each counts those before it, so the next one, or the beat that reads the counters, finds out, and
 * the heads of what is watched there are looked at. For any thread; watchers are called on Lettuce's.
 */
final class RedisFeed {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFeed.class);
    private static final byte[] WRITES = "writes".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DURABLE_WRITES = "durableWrites".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHAIN = "chain".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DURABLE = "durable".getBytes(StandardCharsets.US_ASCII);
    private static final long UNKNOWN = -1;

    private final RedisLink link;
    private final StatefulRedisPubSubConnection<byte[], byte[]> channels;
    private final byte[] node;
    private final byte[] end;
    private final byte[] writes;
    private final Map<Integer, Partition> partitions = new HashMap<>();
    private final AtomicLong missed = new AtomicLong();

    /** With {@code confirmed} watchers are told of what is on a replica, and not before. */
    RedisFeed(RedisLink link, StatefulRedisPubSubConnection<byte[], byte[]> channels, byte[] node, boolean confirmed) {
        this.link = link;
        this.channels = channels;
        this.node = node;
        this.end = confirmed ? DURABLE : CHAIN;
        this.writes = confirmed ? DURABLE_WRITES : WRITES;
        channels.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void smessage(byte[] channel, byte[] message) {
                heard(message);
            }

            @Override
            public void ssubscribed(byte[] channel, long count) {
                listens(RedisKeys.partitionOf(channel), true);
            }

            @Override
            public void sunsubscribed(byte[] channel, long count) {
                listens(RedisKeys.partitionOf(channel), false);
            }
        });
    }

    /** What is watched of one partition; guarded by the map of all. */
    private static final class Partition {
        private final Map<ConversationKey, Watched> watched = new HashMap<>();
        private long count = UNKNOWN;
        private boolean listens;
    }

    private static final class Watched {
        private final List<LongConsumer> watchers = new CopyOnWriteArrayList<>();
        private long writes = UNKNOWN;

        synchronized long writes() {
            return writes;
        }

        /** Whether the log was written to since. */
        synchronized boolean isNews(long count) {
            boolean differs = writes != count;
            writes = count;
            return differs;
        }

        /** As an answer says, which is old if more was announced since it was asked for. */
        synchronized boolean isNews(long count, long writesWhenAsked) {
            boolean isOld = writes != writesWhenAsked && count <= writes;
            return !isOld && isNews(count);
        }

        private void tell(long revision) {
            watchers.forEach(watcher -> watcher.accept(revision));
        }
    }

    /** Tells the watcher once at the beginning, since what was written before it began is not announced any more. */
    Watch watch(ConversationKey key, LongConsumer grown) {
        int partition = RedisKeys.of(key).partition();
        Watched watched;
        boolean first;
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            first = all == null;
            if (all == null) {
                all = new Partition();
                partitions.put(partition, all);
            }
            watched = all.watched.computeIfAbsent(key, each -> new Watched());
            watched.watchers.add(grown);
            if (first) {
                channels.async().ssubscribe(RedisKeys.channel(partition));
            }
        }
        look(key, watched, grown);
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                end(partition, key, grown);
            }
        };
    }

    private void end(int partition, ConversationKey key, LongConsumer watcher) {
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            Watched watched = all == null ? null : all.watched.get(key);
            if (all == null || watched == null) {
                return;
            }
            watched.watchers.remove(watcher);
            if (watched.watchers.isEmpty()) {
                all.watched.remove(key);
            }
            if (all.watched.isEmpty()) {
                partitions.remove(partition);
                channels.async().sunsubscribe(RedisKeys.channel(partition));
            }
        }
    }

    private void heard(byte[] message) {
        try {
            heard(Announcement.decode(message));
        } catch (WireException e) {
            LOG.warn("not understood: {}", e.getMessage());
        }
    }

    private void heard(Announcement announcement) {
        int partition = RedisKeys.of(announcement.key()).partition();
        Watched watched;
        boolean gap;
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            if (all == null) {
                return;
            }
            boolean known = all.count != UNKNOWN;
            gap = known && announcement.count() != all.count + 1;
            if (known) {
                all.count = announcement.count();
            }
            watched = all.watched.get(announcement.key());
        }
        if (watched != null && watched.isNews(announcement.writes()) && !announcement.isOf(node)) {
            watched.tell(announcement.revision());
        }
        if (gap) {
            missed.incrementAndGet();
            lookAtAll(partition);
        }
    }

    /** Compares the counters of the partitions in use; called on the beat. */
    void beat() {
        if (!link.isOpen()) {
            return;
        }
        List<Integer> used;
        synchronized (partitions) {
            used = List.copyOf(partitions.keySet());
        }
        used.forEach(this::listen);
        used.forEach(this::compare);
    }

    /** What was announced before it was listened, or listened again, was not heard. */
    private void listens(int partition, boolean now) {
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            if (all == null) {
                return;
            }
            all.listens = now;
        }
        if (now) {
            compare(partition);
        }
    }

    /** A channel that is not listened to, since the answer was lost or a cluster moved its slot, is subscribed again. */
    private void listen(int partition) {
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            if (all != null && !all.listens) {
                channels.async().ssubscribe(RedisKeys.channel(partition));
            }
        }
    }

    private void compare(int partition) {
        LostAnswers.askAgain(() -> link.commands().get(RedisKeys.feed(partition)))
                .thenAccept(value -> {
                    long count = value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
                    if (differs(partition, count)) {
                        lookAtAll(partition);
                    }
                });
    }

    /** Less than before it is after a failover that went back. */
    private boolean differs(int partition, long count) {
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            if (all == null || all.count == count) {
                return false;
            }
            boolean known = all.count != UNKNOWN;
            all.count = count;
            if (known) {
                missed.incrementAndGet();
            }
            return true;
        }
    }

    private void lookAtAll(int partition) {
        Map<ConversationKey, Watched> all = new HashMap<>();
        synchronized (partitions) {
            Partition used = partitions.get(partition);
            if (used != null) {
                all.putAll(used.watched);
            }
        }
        all.forEach((key, watched) -> look(key, watched, watched::tell));
    }

    private void look(ConversationKey key, Watched watched, LongConsumer tell) {
        long asked = watched.writes();
        LostAnswers.askAgain(() -> link.commands().hmget(RedisKeys.of(key).head(), end, writes))
                .thenAccept(fields -> {
                    try {
                        long count = fields.get(1).hasValue()
                                ? Long.parseLong(new String(fields.get(1).getValue(), StandardCharsets.US_ASCII))
                                : 0;
                        if (watched.isNews(count, asked)) {
                            tell.accept(revision(fields.get(0)));
                        }
                    } catch (WireException | NumberFormatException e) {
                        LOG.error("the head of a watched conversation is damaged: {}", e.getMessage());
                    }
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        lookAgain(RedisKeys.of(key).partition());
                    }
                });
    }

    /** An answer did not come: the next beat looks at all that is watched there, whatever is announced until then. */
    private void lookAgain(int partition) {
        synchronized (partitions) {
            Partition all = partitions.get(partition);
            if (all != null) {
                all.count = UNKNOWN;
            }
        }
    }

    private static long revision(KeyValue<byte[], byte[]> end) throws WireException {
        return end.hasValue() ? RedisKeys.chain(end.getValue()).revision() : 0;
    }

    /** Times that announcements were missed, and what is watched was looked at. */
    long missed() {
        return missed.get();
    }

    /** Partitions with a channel that is listened to. */
    int partitionsInUse() {
        synchronized (partitions) {
            return partitions.size();
        }
    }
}

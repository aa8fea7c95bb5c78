package dev.parley.gateway.metrics;

import dev.parley.gateway.assistant.Runs;
import dev.parley.gateway.presence.PresenceCounters;
import dev.parley.gateway.session.AccountCounters;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.ShardCounters;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.store.redis.RedisOperationStore;
import dev.parley.gateway.store.rocksdb.RocksOperationStore;
import dev.parley.gateway.transport.ConnectionCounters;
import dev.parley.gateway.transport.EventStreams;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;

/** The gateway's meters, all named {@code parley_…}, and those of the JVM. For any thread. */
public final class GatewayMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public GatewayMetrics() {
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** What Prometheus reads. */
    public String scrape() {
        return registry.scrape();
    }

    /** Is told how long each write of the store took, in nanoseconds, sync included. */
    public LongConsumer storeWrites() {
        Timer timer = Timer.builder("parley.store.write")
                .description("Time of one write of the store until it is durable")
                .publishPercentileHistogram()
                .register(registry);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void bind(ConnectionCounters connections) {
        gauge("parley.connections", "Open connections", connections, ConnectionCounters::open);
        counter("parley.frames.in", "Frames of clients", connections, ConnectionCounters::framesIn);
        counter("parley.frames.out", "Frames told to clients", connections, ConnectionCounters::framesOut);
        counter("parley.bytes.out", "Bytes told to clients", connections, ConnectionCounters::bytesOut);
        counter("parley.failures", "Connections that did what they may not", connections, ConnectionCounters::failures);
        counter(
                "parley.lagged",
                "Times a conversation was withheld from a slow connection",
                connections,
                ConnectionCounters::lagged);
        counter(
                "parley.connections.too.slow",
                "Connections closed because they acknowledged or took nothing",
                connections,
                ConnectionCounters::tooSlow);
    }

    public void bind(EventStreams streams) {
        gauge("parley.event.streams", "Open connections that are event streams", streams, EventStreams::open);
    }

    public void bind(PresenceCounters presence) {
        gauge(
                "parley.presence.looking",
                "Conversations that are looked at, by each connection that does",
                presence,
                PresenceCounters::looking);
        gauge("parley.presence.visiting", "Connections on a page of a site", presence, PresenceCounters::visiting);
        counter(
                "parley.presence.dropped",
                "Signals and requests past what a connection may say in a second",
                presence,
                PresenceCounters::dropped);
    }

    public void bind(AccountCounters accounts) {
        counter(
                "parley.limits.operations.refused",
                "Submissions and posts of principals that made too many",
                accounts,
                AccountCounters::operationsRefused);
        counter(
                "parley.limits.connections.refused.principal",
                "Connections of principals that had too many",
                accounts,
                AccountCounters::principalsRefused);
        counter(
                "parley.limits.connections.refused.address",
                "Sockets from addresses that had too many",
                accounts,
                AccountCounters::addressesRefused);
    }

    public void bind(Runs runs) {
        gauge("parley.runs", "Requests that stream an assistant's text", runs, Runs::live);
    }

    public void bind(ShardGroup shards) {
        shardCounter("parley.submissions.accepted", "Submissions that became entries", shards, ShardCounters::accepted);
        shardCounter("parley.submissions.rejected", "Submissions rejected for good", shards, ShardCounters::rejected);
        shardCounter("parley.submissions.refused", "Requests refused for now", shards, ShardCounters::refused);
        shardCounter("parley.submissions.repeated", "Submissions answered before", shards, ShardCounters::repeated);
        shardCounter("parley.opens", "Conversations opened or resumed", shards, ShardCounters::opened);
        shardCounter("parley.loads", "Conversations loaded from the store", shards, ShardCounters::loads);
        shardCounter("parley.conflicts", "Appends that met another log", shards, ShardCounters::conflicts);
        shardCounter("parley.reoffered", "Entries that the store had lost", shards, ShardCounters::reoffered);
        shardCounter(
                "parley.resynchronised", "Logs that were others than was told", shards, ShardCounters::resynchronised);
        shardCounter("parley.followed", "Entries of other nodes taken in", shards, ShardCounters::followed);
        gauge("parley.shard.queued", "Requests waiting for shards", shards, group -> sum(group, Shard::queued));
        gauge(
                "parley.conversations.loaded",
                "Conversations in memory",
                shards,
                group -> sum(group, shard -> shard.cache().estimatedSize()));
        counter(
                "parley.conversations.evicted",
                "Conversations evicted from memory",
                shards,
                group -> sum(group, shard -> shard.cache().stats().evictionCount()));
    }

    public void bind(RocksOperationStore store) {
        gauge("parley.store.queued", "Batches waiting for the store", store, RocksOperationStore::queueDepth);
        gauge("parley.store.damaged", "Quarantined conversations", store, RocksOperationStore::damagedConversations);
        counter(
                "parley.store.snapshots.damaged",
                "Snapshots left aside for the whole log",
                store,
                RocksOperationStore::damagedSnapshots);
        counter("parley.store.commits", "Writes of the store", store, RocksOperationStore::commits);
        counter("parley.store.entries", "Entries stored", store, RocksOperationStore::entries);
        counter("parley.store.wal.syncs", "Syncs of the write-ahead log", store, rocks -> rocks.statistics()
                .walSyncs());
        counter("parley.store.wal.bytes", "Bytes written to the write-ahead log", store, rocks -> rocks.statistics()
                .walBytes());
    }

    public void bind(RedisOperationStore store) {
        gauge("parley.store.healthy", "1 while Redis answers", store, redis -> redis.isHealthy() ? 1 : 0);
        gauge(
                "parley.store.bytes.in.flight",
                "Bytes of appends that Redis has not answered",
                store,
                RedisOperationStore::bytesInFlight);
        gauge("parley.store.damaged", "Quarantined conversations", store, RedisOperationStore::damagedConversations);
        counter(
                "parley.store.snapshots.damaged",
                "Snapshots left aside for the whole log",
                store,
                RedisOperationStore::damagedSnapshots);
        counter(
                "parley.store.announcements.missed",
                "Times that announcements of other nodes were missed and found out about",
                store,
                RedisOperationStore::missedAnnouncements);
        gauge(
                "parley.store.partitions",
                "Partitions whose channel is listened to",
                store,
                RedisOperationStore::partitionsInUse);
    }

    private void shardCounter(
            String name, String description, ShardGroup shards, ToDoubleFunction<ShardCounters> count) {
        counter(name, description, shards, group -> sum(group, shard -> count.applyAsDouble(shard.counters())));
    }

    private <T> void counter(String name, String description, T counted, ToDoubleFunction<T> count) {
        FunctionCounter.builder(name, counted, count).description(description).register(registry);
    }

    private <T> void gauge(String name, String description, T measured, ToDoubleFunction<T> value) {
        Gauge.builder(name, measured, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static double sum(ShardGroup shards, ToDoubleFunction<Shard> value) {
        return shards.all().stream().mapToDouble(value).sum();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}

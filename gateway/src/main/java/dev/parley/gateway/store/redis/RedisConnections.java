package dev.parley.gateway.store.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connects to the Redis that a URI names: {@code redis://} and {@code rediss://} one server, {@code redis-sentinel://} the
 * primary that Sentinel names, {@code redis-cluster://} and {@code rediss-cluster://} a cluster of which some nodes are
 * given. Opened and closed by one thread, which blocks; the connections are for any.
 *
 * <p>A lost connection is tried again at once and then about every second. Meanwhile commands wait, for no longer than their
 * time limit, and those that were on their way are sent again in their order, but for the first ({@link LostAnswers}). So each
 * must be such that twice is once.
 */
public final class RedisConnections implements AutoCloseable {
    /** A command without an answer for so long is given up, whatever became of it. */
    static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RECONNECT_DELAY_MAX = Duration.ofSeconds(1);
    private static final int RECONNECT_DELAY_MILLIS = 5;
    /** Of the timer that reconnects; Lettuce's own would round each delay up to 100 ms. */
    private static final int TICK_MILLIS = 10;

    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final int COMMANDS_QUEUED_MAX = 65_536;
    private static final String CLUSTER = "-cluster:";

    private final Timer timer;
    private final ClientResources resources;
    private final AbstractRedisClient client;

    private RedisConnections(Timer timer, ClientResources resources, AbstractRedisClient client) {
        this.timer = timer;
        this.resources = resources;
        this.client = client;
    }

    /** Connects nothing yet. Throws {@link IllegalArgumentException} if it is no such URI. */
    public static RedisConnections of(String uri) {
        Timer timer = new HashedWheelTimer(task -> new Thread(task, "redis-timer"), TICK_MILLIS, TimeUnit.MILLISECONDS);
        ClientResources resources = DefaultClientResources.builder()
                .reconnectDelay(() -> Delay.fullJitter(
                        Duration.ofMillis(RECONNECT_DELAY_MILLIS),
                        RECONNECT_DELAY_MAX,
                        RECONNECT_DELAY_MILLIS,
                        TimeUnit.MILLISECONDS))
                .nettyCustomizer(new LostAnswers())
                .timer(timer)
                .build();
        try {
            return new RedisConnections(
                    timer, resources, uri.contains(CLUSTER) ? cluster(uri, resources) : single(uri, resources));
        } catch (RuntimeException e) {
            resources.shutdown(0, 0, TimeUnit.SECONDS);
            timer.stop();
            throw e;
        }
    }

    private static AbstractRedisClient single(String uri, ClientResources resources) {
        RedisClient client = RedisClient.create(resources, withTimeout(RedisURI.create(uri)));
        client.setOptions(options(ClientOptions.builder()).build());
        return client;
    }

    private static AbstractRedisClient cluster(String uri, ClientResources resources) {
        List<RedisURI> nodes = RedisClusterURIUtil.toRedisURIs(URI.create(uri.replace(CLUSTER, ":")));
        nodes.forEach(RedisConnections::withTimeout);
        RedisClusterClient client = RedisClusterClient.create(resources, nodes);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options(options);
        client.setOptions(options.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .build())
                .build());
        return client;
    }

    private static RedisURI withTimeout(RedisURI uri) {
        uri.setTimeout(COMMAND_TIMEOUT);
        return uri;
    }

    private static ClientOptions.Builder options(ClientOptions.Builder options) {
        return options.autoReconnect(true)
                .disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS)
                .requestQueueSize(COMMANDS_QUEUED_MAX)
                .timeoutOptions(TimeoutOptions.enabled(COMMAND_TIMEOUT))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .keepAlive(true)
                        .build());
    }

    /** A connection for commands. Throws what Lettuce throws if there is none to be had. */
    RedisLink connect() {
        return client instanceof RedisClusterClient cluster
                ? new ClusterLink(cluster.connect(ByteArrayCodec.INSTANCE))
                : new SingleLink(((RedisClient) client).connect(ByteArrayCodec.INSTANCE));
    }

    /** A connection for sharded channels, which are subscribed again after it was lost. */
    StatefulRedisPubSubConnection<byte[], byte[]> subscribe() {
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(ByteArrayCodec.INSTANCE)
                : ((RedisClient) client).connectPubSub(ByteArrayCodec.INSTANCE);
    }

    /** Closes all connections. */
    @Override
    public void close() {
        client.shutdown(Duration.ZERO, CLOSE_TIMEOUT);
        resources.shutdown(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        timer.stop();
    }
}

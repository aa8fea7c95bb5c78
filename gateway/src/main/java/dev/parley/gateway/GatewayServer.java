package dev.parley.gateway;

import dev.parley.gateway.assistant.Assistants;
import dev.parley.gateway.assistant.Runs;
import dev.parley.gateway.http.ApiRoute;
import dev.parley.gateway.http.DemoRoute;
import dev.parley.gateway.http.DrainRoute;
import dev.parley.gateway.http.EventTickets;
import dev.parley.gateway.http.FollowRoute;
import dev.parley.gateway.http.HttpRouter;
import dev.parley.gateway.http.OperatorRoute;
import dev.parley.gateway.http.Preflight;
import dev.parley.gateway.http.Route;
import dev.parley.gateway.http.RunRoute;
import dev.parley.gateway.http.StreamRoute;
import dev.parley.gateway.metrics.GatewayMetrics;
import dev.parley.gateway.presence.Presence;
import dev.parley.gateway.session.Accounts;
import dev.parley.gateway.session.Origins;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.SessionRegistry;
import dev.parley.gateway.session.Tokens;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.shard.ShardLimits;
import dev.parley.gateway.shard.TimedLoop;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.Retention;
import dev.parley.gateway.transport.Connection;
import dev.parley.gateway.transport.ConnectionCounters;
import dev.parley.gateway.transport.Drain;
import dev.parley.gateway.transport.EventLoops;
import dev.parley.gateway.transport.EventStreams;
import dev.parley.gateway.transport.GainedConversations;
import dev.parley.gateway.transport.Node;
import dev.parley.gateway.transport.WebSocketListener;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: every part is made and connected here. Started and closed by one thread. */
public final class GatewayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private static final int QUEUED_PER_SHARD_MAX = 16_384;
    private static final long UNDURABLE_BYTES_PER_SHARD_MAX = 32L << 20;
    private static final int REFUSAL_DELAY_MILLIS = 1_000;
    private static final int HISTORY_ENTRIES = 1_024;
    private static final int SNAPSHOT_ENTRIES = 256;
    private static final int INBOX_BEAT_MILLIS = 100;
    private static final int PRESENCE_BEAT_MILLIS = 200;
    private static final int RETENTION_BEAT_MILLIS = 200;
    private static final int ACCOUNTS_BEAT_MILLIS = 200;
    private static final int NODE_NAME_BYTES = 9;
    private static final int FAREWELL_MILLIS = 2_000;
    private static final int DRAIN_BEAT_MILLIS = 50;

    private final GatewayMetrics metrics = new GatewayMetrics();
    private final OperationStore store;
    private final EventLoops loops;
    private final ScheduledExecutorService beat;
    private final List<ScheduledFuture<?>> beats = new ArrayList<>();
    private final Ephemeral ephemeral;
    private final Presence presence;
    private final SessionRegistry<Connection> sessions;
    private final GainedConversations gained;
    private final Accounts accounts;
    private final Assistants assistants;
    private final WebSocketListener listener;
    private final int drainMillis;
    private final Drain drain;

    /** Throws the store's and the socket's own exceptions where the folder or the port cannot be had. */
    public GatewayServer(GatewayConfig config) throws InterruptedException, BindException {
        this(config, InstantSource.system());
    }

    GatewayServer(GatewayConfig config, InstantSource clock) throws InterruptedException, BindException {
        this(config, clock, metrics -> Engines.of(config, clock, metrics));
    }

    GatewayServer(GatewayConfig config, InstantSource clock, Engines.Opening engines)
            throws InterruptedException, BindException {
        Tokens tokens = new Tokens(config.tokenSecret(), clock, config.limits().idLengthMax());
        Engines opened = engines.open(metrics);
        store = opened.store();
        ephemeral = opened.ephemeral();
        loops = new EventLoops(config.loops());
        Inbox inbox = new Inbox(store, ephemeral);
        ShardGroup shards = shards(config, clock, inbox);
        ConnectionCounters counters = new ConnectionCounters();
        sessions = new SessionRegistry<>(ephemeral, Connection::supersede);
        gained = new GainedConversations(ephemeral, sessions);
        presence = new Presence(newNodeName(), ephemeral, inbox, new Policy(config.policies()), config.limits(), clock);
        accounts = new Accounts(new SecureRandom().nextLong(), ephemeral, config.limits(), clock);
        drainMillis = config.drainSeconds() * 1_000;
        drain = new Drain(sessions, clock, below -> ThreadLocalRandom.current().nextInt(below));
        Node node = new Node(
                tokens,
                config.limits(),
                shards,
                inbox,
                presence,
                store,
                sessions,
                gained,
                clock,
                counters,
                drain,
                accounts);
        assistants = new Assistants(config.assistant(), () -> reachable(config.host()), tokens);
        metrics.bind(counters);
        metrics.bind(shards);
        metrics.bind(presence.counters());
        metrics.bind(accounts.counters());
        beat = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "beat"));
        beats.add(every(INBOX_BEAT_MILLIS, inbox::tell));
        beats.add(every(PRESENCE_BEAT_MILLIS, presence::beat));
        beats.add(every(ACCOUNTS_BEAT_MILLIS, accounts::beat));
        if (config.retentionDays() > 0) {
            Retention retention = new Retention(store, Duration.ofDays(config.retentionDays()), clock);
            beats.add(every(RETENTION_BEAT_MILLIS, retention::turn));
        }
        try {
            listener = listen(config, tokens, node);
        } catch (Throwable e) {
            closeParts();
            throw e;
        }
        if (config.demo()) {
            new DemoArticles(shards, loops.all().get(0)).seed();
        }
        LOG.info("started with {} on {}", config, loops.transport());
    }

    private static String newNodeName() {
        byte[] name = new byte[NODE_NAME_BYTES];
        new SecureRandom().nextBytes(name);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name);
    }

    private ScheduledFuture<?> every(int millis, Runnable task) {
        return beat.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    private ShardGroup shards(GatewayConfig config, InstantSource clock, Inbox inbox) {
        List<TimedLoop> all = loops.all();
        ShardLimits bounds = new ShardLimits(
                Math.max(1, config.cacheBytesMax() / all.size()),
                QUEUED_PER_SHARD_MAX,
                UNDURABLE_BYTES_PER_SHARD_MAX,
                REFUSAL_DELAY_MILLIS,
                HISTORY_ENTRIES,
                SNAPSHOT_ENTRIES);
        Policy policy = new Policy(config.policies());
        AtomicInteger handles = new AtomicInteger();
        List<Shard> shards = new ArrayList<>();
        for (TimedLoop loop : all) {
            shards.add(new Shard(
                    loop,
                    store,
                    policy,
                    config.limits(),
                    bounds,
                    clock,
                    inbox,
                    handles::incrementAndGet,
                    this::join,
                    new SplittableRandom()));
        }
        return new ShardGroup(shards);
    }

    private void join(ConversationKey key, String visitor) {
        gained.tell(key, visitor, "");
    }

    private WebSocketListener listen(GatewayConfig config, Tokens tokens, Node node)
            throws InterruptedException, BindException {
        List<String> allowed = new ArrayList<>(config.allowedOrigins());
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        if (!config.demo()) {
            Origins origins = new Origins(allowed);
            return new WebSocketListener(address, loops, node, origins, router(config, node, origins, List.of()));
        }
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("the demo gives everybody a token: it listens on loopback only");
        }
        int port = config.port() == 0 ? FreePort.on(address.getAddress()) : config.port();
        allowed.add("http://127.0.0.1:" + port);
        allowed.add("http://localhost:" + port);
        Origins origins = new Origins(allowed);
        return new WebSocketListener(
                new InetSocketAddress(address.getAddress(), port),
                loops,
                node,
                origins,
                router(config, node, origins, List.of(new DemoRoute(tokens, origins))));
    }

    private HttpRouter router(GatewayConfig config, Node node, Origins origins, List<Route> more) {
        List<Route> routes = new ArrayList<>();
        routes.add(new Preflight());
        routes.add(new OperatorRoute(store::isHealthy, config.store().isRedis(), drain::hasBegun, metrics::scrape));
        if (!config.operatorSecret().isEmpty()) {
            routes.add(new DrainRoute(config.operatorSecret(), drain, drainMillis, this::beginDrain));
        }
        EventStreams streams = new EventStreams(node);
        metrics.bind(streams);
        StreamRoute streamRoute = new StreamRoute(streams, origins);
        routes.add(streamRoute);
        EventTickets tickets = new EventTickets(node.clock(), ephemeral);
        routes.add(ApiRoute.of(node, assistants, tickets));
        routes.addAll(more);
        Runs runs = new Runs(node.shards(), node.store(), node.clock());
        metrics.bind(runs);
        return new HttpRouter(
                routes,
                List.of(new RunRoute(node, runs)),
                List.of(streamRoute, new FollowRoute(node, tickets, origins)));
    }

    /** Where the gateway's own assistants reach it. */
    private InetSocketAddress reachable(String host) {
        InetSocketAddress address = new InetSocketAddress(host, port());
        return address.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port())
                : address;
    }

    public int port() {
        return listener.port();
    }

    /** Has everybody move to other gateways, and goes on without them until somebody stops it. */
    private void beginDrain(int millis) {
        LOG.info("the operator drains this gateway within {} ms", millis);
        drain.begin(millis);
        loops.all().get(0).after(millis, drain::end);
    }

    /** Has everybody move to other gateways, and returns when they did or their time is over. Then it is closed. */
    public void drain() throws InterruptedException {
        drain.begin(drainMillis);
        while (!drain.isDone() && !drain.isOverdue()) {
            Thread.sleep(DRAIN_BEAT_MILLIS);
        }
    }

    @Override
    public void close() {
        listener.close();
        List<Future<?>> sockets = new ArrayList<>();
        sessions.all().forEach(connection -> sockets.add(connection.stop()));
        awaitClosed(sockets);
        closeParts();
    }

    /** Who is slow to read why it was closed, or to close too, is not waited for. */
    private static void awaitClosed(List<Future<?>> sockets) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAREWELL_MILLIS);
        try {
            for (Future<?> socket : sockets) {
                socket.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            LOG.debug("not all sockets were closed by their clients", e);
        } catch (ExecutionException e) {
            LOG.debug("a socket did not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeParts() {
        assistants.close();
        beats.forEach(each -> each.cancel(false));
        beat.shutdown();
        presence.close();
        gained.close();
        accounts.close();
        sessions.close();
        ephemeral.close();
        loops.close();
        store.close();
        metrics.close();
    }
}

package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.presence.Cluster.Replicas;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.wire.WireException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is here, at all nodes of the gateway. For any thread; {@link #beat} is called by one, a few times a second, and does
 * nothing that could be done later.
 */
public final class Presence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    private static final String CHANNEL = "presence";
    private static final byte[] NO_CURSOR = {};
    private static final int INBOX_PAGE = 200;
    private static final int INBOX_PAGES_MAX = 10;

    private final Ephemeral ephemeral;
    private final Inbox inbox;
    private final Policy policy;
    private final Limits limits;
    private final InstantSource clock;
    private final Cluster cluster;
    private final Ephemeral.Subscription listening;
    private final Map<String, TenantPresence> tenants = new ConcurrentHashMap<>();
    private final PresenceCounters counters = new PresenceCounters();

    /** {@code node}: no other node has it. */
    public Presence(String node, Ephemeral ephemeral, Inbox inbox, Policy policy, Limits limits, InstantSource clock) {
        this.ephemeral = ephemeral;
        this.inbox = inbox;
        this.policy = policy;
        this.limits = limits;
        this.clock = clock;
        this.cluster = new Cluster(ephemeral, node);
        this.listening = ephemeral.subscribe(CHANNEL, this::receive);
    }

    /** A connection's part in presence, until its {@link Member#end}. */
    public Member enter(Watcher watcher) {
        return new Member(watcher, tenantOf(watcher.principal().tenant()), policy, limits, clock, counters);
    }

    public PresenceCounters counters() {
        return counters;
    }

    TenantPresence tenantOf(String name) {
        TenantPresence known = tenants.get(name);
        if (known != null) {
            return known;
        }
        TenantPresence fresh = new TenantPresence(name);
        TenantPresence earlier = tenants.putIfAbsent(name, fresh);
        if (earlier != null) {
            return earlier;
        }
        new QueueFeed(name, fresh).watch(NO_CURSOR);
        return fresh;
    }

    private void receive(byte[] message) {
        try {
            Exchanged exchanged = Exchanged.decode(message);
            if (cluster.hears(exchanged.node(), exchanged.fence())) {
                tenantOf(exchanged.tenant()).received(exchanged);
            }
        } catch (WireException e) {
            LOG.warn("another node said what cannot be read: {}", e.getMessage());
        }
    }

    /** Takes in what other nodes said, and tells watchers and nodes what changed since the last call. */
    public void beat() {
        long nowMillis = clock.millis();
        cluster.beat(nowMillis);
        Replicas replicas = cluster.replicas();
        if (replicas.fence() == 0) {
            return;
        }
        boolean isWorn = false;
        for (TenantPresence tenant : tenants.values()) {
            try {
                Exchanged message = tenant.beat(replicas, nowMillis);
                if (message != null) {
                    ephemeral.publish(CHANNEL, message.encoded());
                }
                isWorn |= tenant.isWorn();
            } catch (RuntimeException e) {
                LOG.error("a beat of presence failed", e);
            }
        }
        if (isWorn) {
            cluster.renew();
        }
    }

    @Override
    public void close() {
        listening.close();
        cluster.close();
    }

    /** Reads the conversations of a tenant, latest first, and hears of each that changes here: other nodes put in theirs. */
    private final class QueueFeed implements Subscriber {
        private final Principal principal;
        private final TenantPresence tenant;
        private int pages;

        QueueFeed(String name, TenantPresence tenant) {
            this.principal = new Principal(name, Author.GATEWAY, Long.MAX_VALUE);
            this.tenant = tenant;
        }

        void watch(byte[] after) {
            pages++;
            inbox.watchHere(this, ConversationSummary.CHAT, after, INBOX_PAGE);
        }

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public Loop loop() {
            return CallingThread.LOOP;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (delivery instanceof Delivery.InboxRows rows) {
                List<ConversationSummary> changed = rows.rows();
                tenant.changed(changed);
                if (rows.next().length > 0 && pages < INBOX_PAGES_MAX) {
                    watch(rows.next());
                }
            }
        }
    }

    /** What is called by whoever has something to say. */
    private enum CallingThread implements Loop {
        LOOP;

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}

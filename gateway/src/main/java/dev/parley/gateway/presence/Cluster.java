package dev.parley.gateway.presence;

import dev.parley.gateway.store.Ephemeral;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes live, told by leases. A node writes values under a name that has its fence in it, its replica; when its lease
 * has run out, what it wrote is left out everywhere, and the node itself, if it was only slow, goes on under a new fence. So
 * the end of a node is seen once, and nothing late of it comes back. Guarded by itself.
 */
final class Cluster {
    static final long LEASE_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final String PREFIX = "presence/";
    private static final long RENEW_MILLIS = LEASE_MILLIS / 4;
    private static final int ENDED_MAX = 1_024;

    private final Ephemeral ephemeral;
    private final String node;
    private final Map<String, Long> others = new HashMap<>();
    private final Map<String, Long> ended = new LinkedHashMap<>();
    private long fence;
    private boolean asking;
    private long renewAtMillis = Long.MIN_VALUE;

    /** {@code node}: no other node has it. */
    Cluster(Ephemeral ephemeral, String node) {
        this.ephemeral = ephemeral;
        this.node = node;
    }

    /** This node under its fence, and the names that count now, its own among them. Without a fence it writes nothing. */
    record Replicas(String node, long fence, Set<String> all) {
        static final Replicas NONE = new Replicas("", 0, Set.of());

        String own() {
            return name(node, fence);
        }

        boolean isAlone() {
            return all.size() <= 1;
        }

        static String name(String node, long fence) {
            return node + '.' + fence;
        }
    }

    synchronized Replicas replicas() {
        Set<String> all = new HashSet<>();
        others.forEach((name, their) -> all.add(Replicas.name(name, their)));
        if (fence != 0) {
            all.add(Replicas.name(node, fence));
        }
        return new Replicas(node, fence, Set.copyOf(all));
    }

    /** Whether a message of this node counts, which may be the first sign of it. */
    synchronized boolean hears(String name, long their) {
        if (name.equals(node) || their <= ended.getOrDefault(name, 0L) || their < others.getOrDefault(name, 0L)) {
            return false;
        }
        others.put(name, their);
        return true;
    }

    /** Keeps this node's lease, and looks who has one. */
    void beat(long nowMillis) {
        long held;
        Map<String, Long> known;
        synchronized (this) {
            if (asking || nowMillis < renewAtMillis) {
                return;
            }
            asking = true;
            renewAtMillis = nowMillis + RENEW_MILLIS;
            held = fence;
            known = Map.copyOf(others);
        }
        if (held == 0) {
            begin();
        } else {
            ephemeral.hold(PREFIX + node, held, LEASE_MILLIS).whenComplete((isHeld, failure) -> {
                if (failure == null && !isHeld) {
                    LOG.warn("node {} was taken for dead, and goes on under a new fence", node);
                    giveUp(held);
                } else {
                    look(known);
                }
            });
        }
    }

    /** From now on under a new fence. */
    synchronized void renew() {
        if (fence != 0) {
            ephemeral.release(PREFIX + node, fence);
            giveUp(fence);
        }
    }

    private synchronized void giveUp(long held) {
        if (fence == held) {
            fence = 0;
            asking = false;
            renewAtMillis = Long.MIN_VALUE;
        }
    }

    private void begin() {
        ephemeral
                .fence(PREFIX + node)
                .thenCompose(given ->
                        ephemeral.hold(PREFIX + node, given, LEASE_MILLIS).thenApply(isHeld -> isHeld ? given : 0L))
                .whenComplete((given, failure) -> {
                    synchronized (this) {
                        asking = false;
                        fence = failure == null ? given : 0;
                    }
                });
    }

    /** Only who was known before the leases were read is missed in them. */
    private void look(Map<String, Long> known) {
        ephemeral.leases(PREFIX).whenComplete((leases, failure) -> {
            synchronized (this) {
                asking = false;
                if (failure == null) {
                    known.forEach((name, their) -> {
                        if (leases.getOrDefault(PREFIX + name, 0L) < their) {
                            end(name, their);
                        }
                    });
                }
            }
        });
    }

    private void end(String name, long their) {
        others.remove(name, their);
        ended.merge(name, their, Math::max);
        if (ended.size() > ENDED_MAX) {
            ended.remove(ended.keySet().iterator().next());
        }
    }

    synchronized void close() {
        if (fence != 0) {
            ephemeral.release(PREFIX + node, fence);
        }
        fence = 0;
        asking = true;
    }
}

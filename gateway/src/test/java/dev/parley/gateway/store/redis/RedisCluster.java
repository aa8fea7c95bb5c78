package dev.parley.gateway.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A Cluster of three primaries, each a {@link RedisServer}. Used by the test's thread. */
public final class RedisCluster implements AutoCloseable {
    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> replicas = new ArrayList<>();
    private final Map<Integer, RedisServer> moved = new HashMap<>();

    private RedisCluster() {}

    /** Without replicas. */
    public static RedisCluster start() {
        RedisCluster cluster = new RedisCluster();
        cluster.startPrimaries(List.of());
        return cluster;
    }

    /** With a replica of each primary, without which it takes no writes. */
    public static RedisCluster replicated() {
        List<String> safe = List.of("--min-replicas-to-write", "1", "--min-replicas-max-lag", "2");
        RedisCluster cluster = new RedisCluster();
        cluster.startPrimaries(safe);
        for (RedisServer primary : cluster.servers) {
            RedisServer replica = server(safe);
            cluster.replicas.add(replica);
            cluster.meet(replica);
            until(() -> replica.cli("CLUSTER", "REPLICATE", id(primary)).equals("OK"));
        }
        until(() -> cluster.servers.stream().allMatch(RedisCluster::isReplicated) && cluster.areTogether());
        return cluster;
    }

    private void startPrimaries(List<String> settings) {
        for (int i = 0; i < PRIMARIES; i++) {
            RedisServer server = server(settings);
            servers.add(server);
            server.cli("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            server.cli(
                    "CLUSTER",
                    "ADDSLOTSRANGE",
                    Integer.toString(SLOTS * i / PRIMARIES),
                    Integer.toString(SLOTS * (i + 1) / PRIMARIES - 1));
            meet(server);
        }
        until(this::areTogether);
    }

    private static RedisServer server(List<String> more) {
        try {
            // Its bus is not where it would be, 10,000 above, which may be no port.
            String bus = Integer.toString(RedisServer.freePort());
            List<String> settings = new ArrayList<>(
                    List.of("--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "5000"));
            settings.addAll(more);
            return RedisServer.start(settings.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void meet(RedisServer server) {
        RedisServer first = servers.get(0);
        server.cli("CLUSTER", "MEET", "127.0.0.1", Integer.toString(first.port()), bus(first));
    }

    private static String bus(RedisServer server) {
        return server.cli("CONFIG", "GET", "cluster-port")
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
    }

    /** Whether all say that all is well with all. */
    private boolean areTogether() {
        return Stream.concat(servers.stream(), replicas.stream())
                .allMatch(server -> server.cli("CLUSTER", "INFO").contains("cluster_state:ok")
                        && server.cli("CLUSTER", "NODES").lines().count() == servers.size() + replicas.size());
    }

    /** Whether a primary has a replica that has come so far that it counts. */
    private static boolean isReplicated(RedisServer primary) {
        return primary.cli("INFO", "replication").contains("min_slaves_good_slaves:1");
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(condition);
    }

    /** Kills the primary with this number and returns when its replica has taken over. */
    public void failOver(int number) {
        RedisServer killed = servers.get(number);
        RedisServer successor = replicas.get(number);
        killed.kill();
        until(() -> successor.cli("ROLE").startsWith("master")
                && successor.cli("CLUSTER", "INFO").contains("cluster_state:ok"));
        servers.set(number, successor);
        replicas.set(number, killed);
    }

    /** Starts again what {@link #failOver} killed, and returns when it follows the one that took over. */
    public void rejoin(int number) {
        replicas.get(number).restart();
        until(() -> isReplicated(servers.get(number)) && areTogether());
    }

    public String uri() {
        return "redis-cluster://"
                + servers.stream().map(server -> "127.0.0.1:" + server.port()).collect(Collectors.joining(","));
    }

    public List<RedisServer> servers() {
        return servers;
    }

    /** Moves a slot with its keys to another server, as resharding does: key by key, while it is in use. */
    public void move(int slot) {
        RedisServer from = owner(slot);
        RedisServer to = servers.get((servers.indexOf(from) + 1) % PRIMARIES);
        moved.put(slot, to);
        String number = Integer.toString(slot);
        to.cli("CLUSTER", "SETSLOT", number, "IMPORTING", id(from));
        from.cli("CLUSTER", "SETSLOT", number, "MIGRATING", id(to));
        // Names are not text: the server passes them on itself.
        from.cli(
                "EVAL",
                "for _, key in ipairs(redis.call('CLUSTER', 'GETKEYSINSLOT', ARGV[1], 10000)) do"
                        + " redis.call('MIGRATE', '127.0.0.1', ARGV[2], key, 0, 5000) end",
                "0",
                number,
                Integer.toString(to.port()));
        to.cli("CLUSTER", "SETSLOT", number, "NODE", id(to));
        from.cli("CLUSTER", "SETSLOT", number, "NODE", id(to));
        servers.forEach(server -> server.cli("CLUSTER", "SETSLOT", number, "NODE", id(to)));
    }

    private RedisServer owner(int slot) {
        for (int i = 0; i < PRIMARIES; i++) {
            if (slot < SLOTS * (i + 1) / PRIMARIES) {
                return moved.getOrDefault(slot, servers.get(i));
            }
        }
        throw new IllegalArgumentException("no slot " + slot);
    }

    private static String id(RedisServer server) {
        return server.cli("CLUSTER", "MYID");
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
        replicas.forEach(RedisServer::close);
    }
}

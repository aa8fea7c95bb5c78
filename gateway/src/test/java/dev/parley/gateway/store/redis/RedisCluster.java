package dev.parley.gateway.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A Cluster of three primaries without replicas, each a {@link RedisServer}. Used by the test's thread. */
public final class RedisCluster implements AutoCloseable {
    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisServer> servers = new ArrayList<>();
    private final Map<Integer, RedisServer> moved = new HashMap<>();

    private RedisCluster() {}

    public static RedisCluster start() {
        try {
            return started();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RedisCluster started() throws IOException {
        RedisCluster cluster = new RedisCluster();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < PRIMARIES; i++) {
            ports.add(RedisServer.freePort());
            cluster.servers.add(RedisServer.start(
                    "--cluster-enabled",
                    "yes",
                    "--cluster-port",
                    Integer.toString(ports.get(i)),
                    "--cluster-node-timeout",
                    "5000"));
        }
        for (int i = 0; i < PRIMARIES; i++) {
            RedisServer server = cluster.servers.get(i);
            server.cli("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            server.cli(
                    "CLUSTER",
                    "ADDSLOTSRANGE",
                    Integer.toString(SLOTS * i / PRIMARIES),
                    Integer.toString(SLOTS * (i + 1) / PRIMARIES - 1));
            server.cli(
                    "CLUSTER",
                    "MEET",
                    "127.0.0.1",
                    Integer.toString(cluster.servers.get(0).port()),
                    Integer.toString(ports.get(0)));
        }
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> cluster.servers.stream()
                .allMatch(server -> server.cli("CLUSTER", "INFO").contains("cluster_state:ok")
                        && server.cli("CLUSTER", "NODES").lines().count() == PRIMARIES));
        return cluster;
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
    }
}

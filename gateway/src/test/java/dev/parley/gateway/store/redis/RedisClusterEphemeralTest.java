package dev.parley.gateway.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes share, in a Redis Cluster of three primaries, which moves slots. */
class RedisClusterEphemeralTest {
    private static final int CHANNELS = 64;
    private static final int ATTEMPTS = 600;
    private static final String MOVED_SLOTS = "5000";

    private final List<RedisServer> primaries = new ArrayList<>();
    private RedisConnections connections;
    private RedisEphemeral ephemeral;

    @BeforeEach
    void start() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            primaries.add(RedisServer.start("--cluster-enabled", "yes", "--appendfsync", "no"));
        }
        List<String> create = new ArrayList<>(List.of("--cluster", "create"));
        primaries.forEach(each -> create.add("127.0.0.1:" + each.port()));
        create.add("--cluster-yes");
        String created = primaries.get(0).cli(create.toArray(String[]::new));
        for (RedisServer each : primaries) {
            await(created, () -> each.cli("CLUSTER", "INFO").contains("cluster_state:ok"));
        }
        connections = RedisConnections.of(
                "redis-cluster://127.0.0.1:" + primaries.get(0).port());
        ephemeral = RedisEphemeral.of(connections);
    }

    @AfterEach
    void stop() {
        ephemeral.close();
        connections.close();
        primaries.forEach(RedisServer::close);
    }

    @Test
    void channels_fences_and_leases_go_on_while_slots_move() throws InterruptedException {
        Set<Integer> heard = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < CHANNELS; i++) {
            int channel = i;
            ephemeral.subscribe("c/" + i, message -> heard.add(channel));
        }
        awaitAll(heard);
        List<Long> fences = fences();
        assertThat(Answers.await(ephemeral.hold("n/a", 7, 600_000))).isTrue();

        RedisServer from = primaries.get(0);
        from.cli(
                "--cluster",
                "reshard",
                "127.0.0.1:" + from.port(),
                "--cluster-from",
                from.cli("CLUSTER", "MYID"),
                "--cluster-to",
                primaries.get(2).cli("CLUSTER", "MYID"),
                "--cluster-slots",
                MOVED_SLOTS,
                "--cluster-yes");
        assertThat(from.cli("CLUSTER", "NODES")
                        .lines()
                        .filter(line -> line.contains("myself"))
                        .collect(Collectors.joining()))
                .endsWith("5000-5460");

        heard.clear();
        awaitAll(heard);
        List<Long> next = fences();
        for (int i = 0; i < CHANNELS; i++) {
            assertThat(next.get(i)).isGreaterThan(fences.get(i));
        }
        assertThat(Answers.await(ephemeral.leases("n/"))).containsEntry("n/a", 7L);
        assertThat(Answers.await(ephemeral.hold("n/a", 6, 600_000))).isFalse();
    }

    private List<Long> fences() {
        List<Long> fences = new ArrayList<>();
        for (int i = 0; i < CHANNELS; i++) {
            fences.add(Answers.await(ephemeral.fence("f/" + i)));
        }
        return fences;
    }

    private void awaitAll(Set<Integer> heard) throws InterruptedException {
        await("not all channels are heard", () -> {
            for (int i = 0; i < CHANNELS; i++) {
                if (!heard.contains(i)) {
                    ephemeral.publish("c/" + i, new byte[] {1});
                }
            }
            return heard.size() == CHANNELS;
        });
    }

    private interface Condition {
        boolean isMet();
    }

    private static void await(String what, Condition condition) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            if (condition.isMet()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError(what);
    }
}

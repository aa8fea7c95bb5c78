package dev.parley.gateway.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.EphemeralContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisEphemeralTest extends EphemeralContract {
    private static final int WAIT_SECONDS = 30;
    private static final String PROBE = "probe";

    private static RedisServer server;

    private RedisConnections connections;
    private RedisEphemeral ephemeral;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start("--appendfsync", "no");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        server.cli("FLUSHALL");
        connections = RedisConnections.of(server.uri());
        ephemeral = RedisEphemeral.of(connections);
    }

    @AfterEach
    void close() {
        ephemeral.close();
        connections.close();
    }

    @Override
    protected Ephemeral ephemeral() {
        return ephemeral;
    }

    @Override
    protected void pass(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    @Override
    protected void settle() throws InterruptedException {
        hear(ephemeral, ephemeral);
    }

    @Test
    void a_channel_is_subscribed_once_and_as_long_as_somebody_listens() throws Exception {
        List<Ephemeral.Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            subscriptions.add(ephemeral.subscribe("x", message -> {}));
        }
        awaitChannels(1);
        assertThat(server.cli("PUBSUB", "SHARDNUMSUB", "parley:channel:x").lines())
                .last()
                .asString()
                .endsWith("1");

        for (Ephemeral.Subscription subscription : subscriptions) {
            subscription.close();
            subscription.close();
        }
        awaitChannels(0);
    }

    @Test
    void while_redis_stands_still_stages_fail_in_time_and_it_goes_on_by_itself() throws Exception {
        ephemeral.subscribe("x", message -> {});
        settle();
        long before = get(ephemeral.fence("a"));
        server.pause();
        try {
            List<CompletionStage<Long>> asked = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                asked.add(ephemeral.fence("a"));
                ephemeral.publish("x", new byte[1_000]);
            }
            for (CompletionStage<Long> each : asked) {
                assertThatThrownBy(() -> get(each)).isInstanceOf(ExecutionException.class);
            }
        } finally {
            server.resume();
        }

        assertThat(getAgain(() -> ephemeral.fence("a"))).isGreaterThan(before);
        settle();
    }

    @Test
    void a_redis_that_lost_everything_gives_larger_fences_and_is_subscribed_again() throws Exception {
        long fence = get(ephemeral.fence("a"));
        BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        ephemeral.subscribe("x", message -> heard.add((int) message[0]));
        settle();
        server.kill();
        assertThatThrownBy(() -> get(ephemeral.fence("a"))).isInstanceOf(ExecutionException.class);
        ephemeral.publish("x", new byte[] {1});
        server.restart();
        server.cli("FLUSHALL");
        server.cli("SCRIPT", "FLUSH");

        assertThat(getAgain(() -> ephemeral.fence("a"))).isGreaterThan(fence);
        Integer message = null;
        for (int i = 0; i < 10 * WAIT_SECONDS && !Objects.equals(message, 2); i++) {
            ephemeral.publish("x", new byte[] {2});
            message = heard.poll(100, TimeUnit.MILLISECONDS);
        }
        assertThat(message).isEqualTo(2);
    }

    @Test
    void two_nodes_hear_each_other_and_give_no_fence_twice() throws Exception {
        try (RedisConnections more = RedisConnections.of(server.uri());
                RedisEphemeral other = RedisEphemeral.of(more)) {
            hear(ephemeral, other);
            hear(other, ephemeral);
            List<CompletableFuture<Long>> given = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                given.add(ephemeral.fence("a").toCompletableFuture());
                given.add(other.fence("a").toCompletableFuture());
            }
            List<Long> fences = new ArrayList<>();
            for (CompletableFuture<Long> each : given) {
                fences.add(get(each));
            }
            assertThat(fences).doesNotHaveDuplicates();

            assertThat(get(ephemeral.hold("n/a", 7, 60_000))).isTrue();
            assertThat(get(other.hold("n/b", 8, 60_000))).isTrue();
            assertThat(get(other.hold("n/a", 6, 60_000))).isFalse();
            assertThat(get(other.leases("n/"))).containsEntry("n/a", 7L).containsEntry("n/b", 8L);
        }
    }

    @Test
    void leases_and_fences_take_room_in_redis_for_a_time_only() throws Exception {
        for (int i = 0; i < 100; i++) {
            get(ephemeral.hold("n/" + i, i + 1, 1));
            get(ephemeral.fence("f" + i));
        }
        pass(20);

        assertThat(get(ephemeral.leases("n/"))).isEmpty();
        assertThat(Long.parseLong(server.cli("PTTL", "parley:fence:f0"))).isBetween(1L, Ephemeral.FENCE_KEPT_MILLIS);
        server.cli("ZADD", "parley:{leases}:ends", "1", "n/0", "1", "n/1");
        get(ephemeral.leases("n/"));
        assertThat(server.cli("ZCARD", "parley:{leases}:ends")).endsWith("98");
        assertThat(server.cli("HLEN", "parley:{leases}:fences")).endsWith("98");
    }

    /** Returns when a message that one sends reaches the other: then those before it have, too. */
    private static void hear(Ephemeral from, Ephemeral to) throws InterruptedException {
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        Ephemeral.Subscription probe = to.subscribe(PROBE, heard::add);
        byte[] message = null;
        for (int i = 0; i < 10 * WAIT_SECONDS && message == null; i++) {
            from.publish(PROBE, new byte[0]);
            message = heard.poll(100, TimeUnit.MILLISECONDS);
        }
        probe.close();
        if (message == null) {
            throw new AssertionError("nothing is heard");
        }
    }

    private static void awaitChannels(long count) throws InterruptedException {
        for (int i = 0; i < 10 * WAIT_SECONDS; i++) {
            if (server.cli("PUBSUB", "SHARDCHANNELS")
                            .lines()
                            .filter(line -> line.contains("channel:x"))
                            .count()
                    == count) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not " + count + " channels");
    }

    private interface Question<T> {
        CompletionStage<T> ask();
    }

    /** The first answer that is none of failure. */
    private static <T> T getAgain(Question<T> question) throws Exception {
        for (int i = 0; ; i++) {
            try {
                return get(question.ask());
            } catch (ExecutionException e) {
                if (i == 10 * WAIT_SECONDS) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}

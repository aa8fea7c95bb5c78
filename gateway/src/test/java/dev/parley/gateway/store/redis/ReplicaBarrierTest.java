package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.StoreFailedException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ReplicaBarrierTest {
    private static final int WAIT_MILLIS = 500;
    private static final int PARTITION = 3;

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(condition);
    }

    /**
     * Another link, but something happens before the first {@code WAIT}, which then is answered at once that one replica has it:
     * so says Redis, if newer than 7.0, to a connection that has written nothing.
     */
    private record Interrupted(RedisLink link, AtomicInteger waits, Runnable happens) implements RedisLink {
        @Override
        public CompletionStage<RedisAsyncCommands<byte[], byte[]>> of(byte[] key) {
            return link.of(key).thenApply(this::interrupted);
        }

        @SuppressWarnings("unchecked")
        private RedisAsyncCommands<byte[], byte[]> interrupted(RedisAsyncCommands<byte[], byte[]> server) {
            return (RedisAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {RedisAsyncCommands.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("waitForReplication") && waits.incrementAndGet() == 1) {
                            happens.run();
                            return server.exists(RedisKeys.barrier(PARTITION));
                        }
                        try {
                            return method.invoke(server, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands() {
            return link.commands();
        }

        @Override
        public CompletionStage<List<RedisAsyncCommands<byte[], byte[]>>> primaries() {
            return link.primaries();
        }

        @Override
        public boolean isOpen() {
            return link.isOpen();
        }

        @Override
        public void close() {
            link.close();
        }
    }

    @Test
    void a_wait_that_is_sent_on_another_connection_than_the_write_before_it_counts_for_nothing() {
        try (RedisServer server = RedisServer.start();
                RedisServer replica = server.replica();
                RedisProxy proxy = new RedisProxy(server);
                RedisConnections connections = RedisConnections.of(proxy.uri());
                RedisLink link = connections.connect()) {
            until(() -> server.cli("INFO", "replication").contains("state=online"));
            replica.pause();
            AtomicInteger waits = new AtomicInteger();
            Interrupted interrupted = new Interrupted(link, waits, () -> {
                // Answered, so what was written before it is too.
                long written = await(link.commands().clientId());
                proxy.cut();
                until(() -> await(LostAnswers.askAgain(() -> link.commands().clientId())) != written);
            });
            ReplicaBarrier barrier = new ReplicaBarrier(interrupted, WAIT_MILLIS);
            assertThat(failure(barrier.pass(PARTITION)))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("no replica of Redis has it");
            assertThat(waits).hasValue(2);
            replica.resume();
            until(() -> await(barrier.pass(PARTITION).handle((passed, failure) -> failure == null)));
        }
    }

    @Test
    void a_wait_whose_connection_is_lost_is_not_answered_by_the_next_one() {
        try (RedisServer server = RedisServer.start();
                RedisServer replica = server.replica();
                RedisProxy proxy = new RedisProxy(server);
                RedisConnections connections = RedisConnections.of(proxy.uri());
                RedisLink link = connections.connect()) {
            until(() -> server.cli("INFO", "replication").contains("state=online"));
            RedisAsyncCommands<byte[], byte[]> commands = await(link.of(RedisKeys.barrier(PARTITION)));
            replica.pause();
            await(commands.set(RedisKeys.barrier(PARTITION), new byte[0]));
            CompletionStage<Long> waited = commands.waitForReplication(1, 0);
            until(() -> server.cli("INFO", "clients").contains("blocked_clients:1"));
            proxy.cut();
            assertThat(failure(waited)).matches(LostAnswers::isLost);
            replica.resume();
        }
    }
}

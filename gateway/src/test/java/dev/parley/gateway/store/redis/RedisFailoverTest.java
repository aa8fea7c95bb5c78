package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoredConversation;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RedisFailoverTest {
    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(condition);
    }

    @Test
    void when_sentinel_names_another_primary_the_store_goes_on_there_and_nothing_acknowledged_at_replica_is_lost() {
        try (RedisServer primary = RedisServer.start();
                RedisServer one = primary.replica();
                RedisServer two = primary.replica()) {
            until(() -> primary.cli("INFO", "replication").split("state=online", -1).length == 3);
            try (RedisSentinel sentinel = RedisSentinel.of(primary, 2);
                    RedisOperationStore store = RedisOperationStore.open(
                            RedisOptions.of(sentinel.uri(), Durability.REPLICA), System::nanoTime, nanos -> {})) {
                AppendBurst burst = AppendBurst.of(store, "conversation");
                long start = System.nanoTime();
                primary.kill();
                until(() -> sentinel.primary() != primary.port());
                until(() -> store.load(burst.writer().key())
                        .handle((stored, failure) -> failure == null)
                        .toCompletableFuture()
                        .get());
                System.out.printf(
                        "readable again after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));

                StoredConversation stored = await(store.load(burst.writer().key()));
                assertThat(burst.acknowledged())
                        .allMatch(revision -> revision <= stored.end().revision());
                LogWriter next = LogWriter.after(burst.writer().key(), stored);
                assertThat(await(store.append(List.of(next.append("on the new primary")))))
                        .containsExactly(AppendResult.STORED);
                assertThat(List.of(one.port(), two.port())).contains(sentinel.primary());
            }
        }
    }

    /** The same node, the same conversation, the same revision, another log: the A-B-A of a failover. */
    @Test
    void a_log_that_went_back_and_grew_to_the_same_revision_takes_nothing_that_follows_what_was_lost() {
        try (RedisServer primary = RedisServer.start();
                RedisServer replica = primary.replica();
                RedisOperationStore other = RedisStores.open(replica, Durability.PROCESS)) {
            until(() -> primary.cli("INFO", "replication").contains("state=online"));
            try (RedisSentinel sentinel = RedisSentinel.of(primary, 1);
                    RedisOperationStore store = RedisOperationStore.open(
                            RedisOptions.of(sentinel.uri(), Durability.PROCESS), System::nanoTime, nanos -> {})) {
                LogWriter writer = LogWriter.of("tenant", "conversation");
                await(store.append(List.of(writer.append("kept"))));
                until(() -> await(other.load(writer.key())).end().equals(writer.chain()));
                LogWriter onReplica = writer.copy();
                replica.pause();
                primary.cli("CLIENT", "KILL", "TYPE", "replica");
                await(store.append(List.of(writer.append("lost"))));
                primary.kill();
                replica.resume();
                until(() -> sentinel.primary() == replica.port());
                until(store::isHealthy);

                assertThat(await(other.append(List.of(onReplica.append("in its place")))))
                        .containsExactly(AppendResult.STORED);
                assertThat(onReplica.position().revision())
                        .isEqualTo(writer.position().revision());
                assertThat(await(store.append(List.of(writer.append("after what was lost")))))
                        .containsExactly(AppendResult.CONFLICT);
                assertThat(await(store.load(writer.key())).end()).isEqualTo(onReplica.chain());
                assertThat(await(store.append(List.of(onReplica.append("goes on")))))
                        .containsExactly(AppendResult.STORED);
            }
        }
    }
}

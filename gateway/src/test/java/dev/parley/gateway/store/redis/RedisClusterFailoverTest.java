package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.StoredConversation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A Cluster whose primaries have replicas, and lose to them. */
class RedisClusterFailoverTest {
    private static final int CONVERSATIONS = 30;

    private static RedisCluster cluster;

    @BeforeAll
    static void startServers() {
        cluster = RedisCluster.replicated();
    }

    @AfterAll
    static void stopServers() {
        cluster.close();
    }

    /** Appends to one conversation, again and again, and does as a shard does with what fails: loads, and goes on from there. */
    private static final class Writing extends Thread {
        private final RedisOperationStore store;
        private final List<Chain> acknowledged = new ArrayList<>();
        private final AtomicInteger count = new AtomicInteger();
        private LogWriter writer;
        private volatile boolean ends;

        Writing(RedisOperationStore store, int number) {
            super("writing " + number);
            this.store = store;
            this.writer = LogWriter.of("tenant", "conversation " + number);
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!ends) {
                Append append = writer.append("text");
                if (isStored(append)) {
                    acknowledged.add(writer.chain());
                    count.incrementAndGet();
                } else {
                    load();
                }
            }
        }

        private boolean isStored(Append append) {
            try {
                return store.append(List.of(append)).toCompletableFuture().get().equals(List.of(AppendResult.STORED));
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void load() {
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> store.load(writer.key())
                    .thenApply(stored -> {
                        writer = LogWriter.after(writer.key(), stored);
                        return true;
                    })
                    .exceptionally(failure -> false)
                    .toCompletableFuture()
                    .get());
        }
    }

    @Test
    void when_replicas_take_over_one_after_the_other_nothing_acknowledged_at_replica_is_lost_or_doubled()
            throws InterruptedException {
        try (RedisOperationStore store = RedisOperationStore.open(
                RedisOptions.of(cluster.uri(), Durability.REPLICA), System::nanoTime, nanos -> {})) {
            List<Writing> all = IntStream.range(0, CONVERSATIONS)
                    .mapToObj(number -> new Writing(store, number))
                    .toList();
            all.forEach(Thread::start);
            awaitMore(all);
            for (int number = 0; number < cluster.servers().size(); number++) {
                long start = System.nanoTime();
                cluster.failOver(number);
                long tookOver = System.nanoTime();
                cluster.rejoin(number);
                long rejoined = System.nanoTime();
                awaitMore(all);
                System.out.printf(
                        "replica took over after %d ms, had a replica after %d ms more, all conversations went on after %d ms more%n",
                        TimeUnit.NANOSECONDS.toMillis(tookOver - start),
                        TimeUnit.NANOSECONDS.toMillis(rejoined - tookOver),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - rejoined));
            }
            for (Writing each : all) {
                each.ends = true;
                each.join();
            }
            int acknowledged = 0;
            for (Writing each : all) {
                StoredConversation stored = await(store.load(each.writer.key()));
                List<Chain> log =
                        stored.entries().stream().map(LoggedEntry::chain).toList();
                Set<Long> numbers = new HashSet<>();
                assertThat(log).containsAll(each.acknowledged);
                assertThat(stored.entries())
                        .allMatch(logged ->
                                numbers.add(logged.entry().submission().seq()));
                acknowledged += each.acknowledged.size();
            }
            System.out.printf("%d acknowledged%n", acknowledged);
        }
    }

    /** All of them acknowledge something more. */
    private static void awaitMore(List<Writing> all) {
        List<Integer> counts = all.stream().map(each -> each.count.get()).toList();
        Awaitility.await().atMost(120, TimeUnit.SECONDS).until(() -> IntStream.range(0, all.size())
                .allMatch(number -> all.get(number).count.get() > counts.get(number)));
    }
}

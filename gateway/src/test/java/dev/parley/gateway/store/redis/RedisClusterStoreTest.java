package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OperationStoreContract;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisClusterStoreTest extends OperationStoreContract {
    private static RedisCluster cluster;

    @BeforeAll
    static void startServers() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stopServers() {
        cluster.close();
    }

    @Override
    protected OperationStore open() {
        cluster.servers().forEach(server -> server.cli("FLUSHALL"));
        return store();
    }

    @Override
    protected OperationStore reopen(OperationStore closed) {
        return store();
    }

    private static RedisOperationStore store() {
        return RedisOperationStore.open(RedisOptions.of(cluster.uri(), Durability.DISK), System::nanoTime, nanos -> {});
    }

    @Test
    void watches_on_all_servers_are_told_of_what_another_node_appends() throws InterruptedException {
        try (RedisOperationStore here = store();
                RedisOperationStore there = store()) {
            for (int i = 0; i < 30; i++) {
                LogWriter writer = LogWriter.of("tenant", "conversation " + i);
                BlockingQueue<Long> told = new LinkedBlockingQueue<>();
                here.watch(writer.key(), told::add);
                assertThat(told.poll(60, TimeUnit.SECONDS)).isZero();
                await(there.append(List.of(writer.append("1"))));
                assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }

    @Test
    void a_log_whose_slot_moves_to_another_server_loses_and_doubles_nothing() throws InterruptedException {
        try (RedisOperationStore store = store()) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            int slot = SlotHash.getSlot(RedisKeys.of(writer.key()).head());
            AtomicBoolean moved = new AtomicBoolean();
            Thread mover = new Thread(() -> {
                for (int i = 0; i < 3; i++) {
                    cluster.move(slot);
                }
                moved.set(true);
            });
            mover.start();
            List<LoggedEntry> expected = new ArrayList<>();
            while (!moved.get()) {
                Append append = writer.append("text");
                assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
                expected.addAll(append.entries());
            }
            mover.join();
            assertThat(await(store.load(writer.key())).entries())
                    .extracting(LoggedEntry::chain)
                    .isEqualTo(expected.stream().map(LoggedEntry::chain).toList());
            System.out.printf("%d appended while the slot moved%n", expected.size());
        }
    }
}

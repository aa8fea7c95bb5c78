package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.gateway.store.StoredConversation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits for the committer and the readers: bounds, gathering, failure, close. */
class RocksQueueTest {
    private static final int BATCHES_QUEUED_MAX = 8;
    private static final int READS_QUEUED_MAX = 4;
    private static final int READERS = 2;

    @TempDir
    private Path folder;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger stopped = new AtomicInteger();

    private RocksOptions options() {
        return new RocksOptions(
                folder,
                Durability.DISK,
                BATCHES_QUEUED_MAX,
                1 << 20,
                1,
                READERS,
                READS_QUEUED_MAX,
                8 << 20,
                4 << 20,
                64);
    }

    private RocksOperationStore open(RocksOptions options) {
        return RocksOperationStore.open(options, System::nanoTime, nanos -> {
            if (stopping.getAndSet(false)) {
                stopHere();
            }
        });
    }

    /** Stops the committer after a write of its own, until the gate opens. */
    private void stopCommitter(RocksOperationStore store) {
        stopping.set(true);
        store.append(List.of(LogWriter.of("tenant", "the first").append("text")));
        await().until(() -> stopped.get() == 1);
    }

    /** Stops a reader, until the gate opens. A read that is done before its callback is set stops nobody. */
    private void stopReader(RocksOperationStore store) {
        Thread here = Thread.currentThread();
        AtomicBoolean missed = new AtomicBoolean();
        int before = stopped.get();
        do {
            missed.set(false);
            store.load(new ConversationKey("tenant", "conversation")).thenAccept(stored -> {
                if (Thread.currentThread() == here) {
                    missed.set(true);
                } else {
                    stopHere();
                }
            });
        } while (missed.get());
        await().until(() -> stopped.get() == before + 1);
    }

    private void stopHere() {
        stopped.incrementAndGet();
        try {
            assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void appends_past_the_bound_are_refused_at_once_and_written_never() {
        try (RocksOperationStore store = open(options())) {
            stopCommitter(store);
            LogWriter writer = LogWriter.of("tenant", "conversation");
            List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
            for (int i = 0; i < BATCHES_QUEUED_MAX; i++) {
                queued.add(store.append(List.of(writer.append("text " + i))));
            }
            assertThat(store.queueDepth()).isEqualTo(BATCHES_QUEUED_MAX);
            LogWriter refused = LogWriter.of("tenant", "refused");
            CompletableFuture<List<AppendResult>> busy =
                    store.append(List.of(refused.copy().append("text"))).toCompletableFuture();
            assertThat(busy).isCompletedExceptionally();
            assertThat(failure(busy)).isInstanceOf(StoreBusyException.class);

            gate.countDown();

            queued.forEach(stage -> assertThat(await(stage)).containsExactly(AppendResult.STORED));
            assertThat(await(store.load(refused.key())).entries()).isEmpty();
            assertThat(await(store.append(List.of(refused.append("again"))))).containsExactly(AppendResult.STORED);
            assertThat(store.queueDepth()).isZero();
        }
    }

    @Test
    void reads_past_the_bound_are_refused_at_once() {
        try (RocksOperationStore store = RocksStores.open(options())) {
            ConversationKey key = new ConversationKey("tenant", "conversation");
            for (int i = 0; i < READERS; i++) {
                stopReader(store);
            }
            List<CompletionStage<StoredConversation>> queued = new ArrayList<>();
            for (int i = 0; i < READS_QUEUED_MAX; i++) {
                queued.add(store.load(key));
            }
            assertThat(store.readQueueDepth()).isEqualTo(READS_QUEUED_MAX);
            assertThat(failure(store.load(key))).isInstanceOf(StoreBusyException.class);
            assertThat(failure(store.read(key, 0, 1))).isInstanceOf(StoreBusyException.class);
            assertThat(failure(store.inbox("tenant", ConversationSummary.CHAT, new byte[0], 1)))
                    .isInstanceOf(StoreBusyException.class);
            gate.countDown();
            queued.forEach(stage -> assertThat(await(stage).entries()).isEmpty());
        }
    }

    @Test
    void what_gathers_while_the_committer_is_busy_goes_into_one_write() {
        try (RocksOperationStore store = open(options())) {
            stopCommitter(store);
            List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
            for (int i = 0; i < BATCHES_QUEUED_MAX; i++) {
                LogWriter one = LogWriter.of("tenant", "one of batch " + i);
                LogWriter two = LogWriter.of("tenant", "two of batch " + i);
                queued.add(store.append(List.of(one.append("a", "b"), two.append("c"))));
            }
            gate.countDown();
            queued.forEach(stage -> assertThat(await(stage)).containsExactly(AppendResult.STORED, AppendResult.STORED));
            assertThat(store.commits()).isEqualTo(2);
            assertThat(store.entries()).isEqualTo(1 + 3 * BATCHES_QUEUED_MAX);
        }
    }

    @Test
    void two_syncs_do_not_begin_within_a_millisecond() {
        try (RocksOperationStore store =
                RocksOperationStore.open(RocksOptions.of(folder, Durability.DISK), System::nanoTime, nanos -> {})) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            long begun = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                await(store.append(List.of(writer.append("text"))));
            }
            long elapsedMillis = (System.nanoTime() - begun) / 1_000_000;
            assertThat(store.commits()).isEqualTo(200).isLessThanOrEqualTo(elapsedMillis + 2);
        }
    }

    @Test
    void a_commit_takes_no_more_than_its_bytes() {
        RocksOptions small = new RocksOptions(folder, Durability.DISK, 8, 100_000, 100, 1, 16, 8 << 20, 4 << 20, 64);
        try (RocksOperationStore store = open(small)) {
            stopCommitter(store);
            List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                queued.add(store.append(
                        List.of(LogWriter.of("tenant", "conversation " + i).append("x".repeat(30_000)))));
            }
            gate.countDown();
            queued.forEach(stage -> assertThat(await(stage)).containsExactly(AppendResult.STORED));
            assertThat(store.commits()).isEqualTo(1 + 3);
        }
    }

    /** With room for one cached head, the heads of a commit in the making must not be looked up in the database. */
    @Test
    void appends_that_follow_each_other_within_one_write_see_each_other() {
        try (RocksOperationStore store = open(options())) {
            stopCommitter(store);
            List<LogWriter> writers = IntStream.range(0, 20)
                    .mapToObj(i -> LogWriter.of("tenant", "conversation " + i))
                    .toList();
            List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                queued.add(store.append(
                        writers.stream().map(writer -> writer.append("text")).toList()));
                queued.add(store.append(writers.stream()
                        .map(writer -> LogWriter.of(writer.key(), "visitor").append("too late"))
                        .toList()));
            }
            gate.countDown();
            for (int i = 0; i < queued.size(); i++) {
                assertThat(await(queued.get(i)))
                        .hasSize(20)
                        .containsOnly(i % 2 == 0 ? AppendResult.STORED : AppendResult.CONFLICT);
            }
            assertThat(store.commits()).isEqualTo(2);
            writers.forEach(writer ->
                    assertThat(await(store.load(writer.key())).entries()).hasSize(4));
        }
    }

    @Test
    void after_a_failed_write_nothing_is_acknowledged_any_more_but_reads_go_on() {
        AtomicBoolean broken = new AtomicBoolean();
        LogWriter writer = LogWriter.of("tenant", "conversation");
        try (RocksOperationStore store = RocksOperationStore.open(options(), System::nanoTime, nanos -> {
            if (stopping.getAndSet(false)) {
                stopHere();
            } else if (broken.get()) {
                throw new IllegalStateException("the write broke");
            }
        })) {
            RocksStores.store(store, writer.append("fine"));
            stopCommitter(store);
            broken.set(true);
            List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
            for (int i = 0; i < BATCHES_QUEUED_MAX; i++) {
                queued.add(store.append(List.of(writer.append("unknown " + i))));
            }
            assertThat(store.isHealthy()).isTrue();
            gate.countDown();
            queued.forEach(stage -> assertThat(failure(stage))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("the write broke"));
            broken.set(false);
            for (int i = 0; i < 3; i++) {
                assertThat(failure(store.append(
                                List.of(LogWriter.of("tenant", "later").append("text")))))
                        .isInstanceOf(StoreFailedException.class);
            }
            assertThat(store.isHealthy()).isFalse();
            assertThat(await(store.load(writer.key())).entries()).isNotEmpty();
            assertThat(await(store.load(new ConversationKey("tenant", "later"))).entries())
                    .isEmpty();
        }
        try (RocksOperationStore store = RocksStores.open(options())) {
            assertThat(store.isHealthy()).isTrue();
            assertThat(await(store.load(writer.key())).entries()).isNotEmpty();
        }
    }

    @Test
    void close_answers_what_was_queued_before() throws InterruptedException {
        RocksOperationStore store = open(options());
        LogWriter writer = LogWriter.of("tenant", "conversation");
        stopCommitter(store);
        List<CompletionStage<List<AppendResult>>> queued = new ArrayList<>();
        for (int i = 0; i < BATCHES_QUEUED_MAX; i++) {
            queued.add(store.append(List.of(writer.append("text " + i))));
        }
        CompletionStage<StoredConversation> loaded = store.load(writer.key());
        Thread closer = new Thread(store::close);
        closer.start();
        await().until(() -> failure(store.load(writer.key())) instanceof IllegalStateException);
        gate.countDown();
        closer.join();
        queued.forEach(stage -> assertThat(await(stage)).containsExactly(AppendResult.STORED));
        assertThat(await(loaded)).isNotNull();
        try (RocksOperationStore reopened = RocksStores.open(options())) {
            assertThat(await(reopened.load(writer.key())).entries()).hasSize(BATCHES_QUEUED_MAX);
        }
    }

    /** A call into a closed database would end this process, not fail this test. */
    @Test
    void calls_from_many_threads_while_it_closes_are_all_answered() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            RocksOperationStore store = RocksStores.open(options());
            AtomicLong answered = new AtomicLong();
            AtomicLong asked = new AtomicLong();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String name = "round " + round + " caller " + i;
                Thread caller = new Thread(() -> {
                    while (!stop.get()) {
                        LogWriter writer = LogWriter.of("tenant", name + " call " + asked.get());
                        for (CompletionStage<?> stage : List.of(
                                store.append(List.of(writer.append("text"))),
                                store.load(writer.key()),
                                store.read(writer.key(), 0, 10),
                                store.inbox("tenant", ConversationSummary.CHAT, new byte[0], 10),
                                store.conversationsOf("tenant", "visitor", 10))) {
                            asked.incrementAndGet();
                            stage.whenComplete((value, failure) -> answered.incrementAndGet());
                        }
                        store.statistics();
                        store.queueDepth();
                        store.isHealthy();
                    }
                });
                callers.add(caller);
                caller.start();
            }
            await().until(() -> store.commits() > 20);
            store.close();
            stop.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(answered).hasValue(asked.get());
            assertThat(store.statistics().walSyncs()).isPositive();
        }
    }
}

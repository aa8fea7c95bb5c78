package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.Quarantine;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.gateway.store.StoreOpenException;
import dev.parley.gateway.store.StoredConversation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;

/**
 * The store in a local folder. Appends go through one {@link Committer}, reads through a few reader threads; both queues are
 * bounded, and a call that finds its queue full fails with {@link StoreBusyException} at once.
 *
 * <p>Beyond the interface's promises: outbox rows come in the order of subject and outbox, and an expired one may be there
 * until the next snapshot; the indexes follow the latest summary; reads go on after a failed write; what was queued before
 * {@link #close} is still answered, but for a purge, which the next start finishes.
 */
public final class RocksOperationStore implements OperationStore {
    private final RocksDatabase database;
    private final Quarantine quarantine = new Quarantine();
    private final CommitQueue queue;
    private final Committer committer;
    private final Thread committerThread;
    private final LogReader reader;
    private final ReadGate reads = new ReadGate();
    private final ErasurePurge purge;
    private final ThreadPoolExecutor readers;

    private RocksOperationStore(
            RocksDatabase database, RocksOptions options, LongSupplier nanoTime, LongConsumer writeNanos) {
        this.database = database;
        queue = new CommitQueue(options.batchesQueuedMax());
        committer = new Committer(database, queue, quarantine, options, nanoTime, writeNanos);
        committerThread = new Thread(committer, "store-committer");
        reader = new LogReader(database);
        AtomicInteger count = new AtomicInteger();
        readers = new ThreadPoolExecutor(
                options.readers(),
                options.readers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(options.readsQueuedMax()),
                task -> new Thread(task, "store-reader-" + count.incrementAndGet()));
        committerThread.start();
        purge = new ErasurePurge(database, queue, reads);
        // What a purge left when the gateway stopped.
        purge.start();
    }

    /**
     * Blocks until the log is replayed. {@code writeNanos} is told on the committer's thread how long each write took, sync
     * included. Throws {@link StoreInUseException}, {@link DamagedStoreException} or another {@link StoreOpenException}.
     */
    public static RocksOperationStore open(RocksOptions options, LongSupplier nanoTime, LongConsumer writeNanos) {
        return new RocksOperationStore(RocksDatabase.open(options), options, nanoTime, writeNanos);
    }

    @Override
    public CompletionStage<StoredConversation> load(ConversationKey key) {
        return read(() -> verified(key, () -> reader.load(key)));
    }

    @Override
    public CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to) {
        return read(() -> verified(key, () -> reader.read(key, from, to)));
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        PreparedBatch prepared;
        try {
            prepared = PreparedBatch.of(batch);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return queued(prepared, prepared.stage());
    }

    @Override
    public CompletionStage<Long> truncate(ConversationKey key, long revision) {
        Truncation truncation;
        try {
            truncation = Truncation.of(key, revision);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return queued(truncation, truncation.stage());
    }

    @Override
    public CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit) {
        return read(() -> reader.logs(after, limit));
    }

    @Override
    public CompletionStage<@Nullable Void> purgeErased() {
        return purge.start();
    }

    private <T> CompletionStage<T> queued(Work work, CompletionStage<T> stage) {
        return switch (queue.offer(work)) {
            case QUEUED -> stage;
            case FULL -> CompletableFuture.failedFuture(new StoreBusyException("the queue of appends is full"));
            case CLOSED -> {
                @Nullable StoreFailedException failure = committer.failure();
                yield CompletableFuture.failedFuture(failure == null ? closed() : failure);
            }
        };
    }

    @Override
    public CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit) {
        return read(() -> reader.conversationsOf(tenant, visitor, limit));
    }

    @Override
    public CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit) {
        return read(() -> reader.inbox(tenant, kind, after, limit));
    }

    /** Makes a folder that can be opened as a store, with all that is committed now; {@code target} must not exist. */
    public CompletionStage<Path> checkpoint(Path target) {
        return read(() -> {
            try (Checkpoint checkpoint = Checkpoint.create(database.rocks)) {
                checkpoint.createCheckpoint(target.toString());
            }
            return target;
        });
    }

    @Override
    public Watch watch(ConversationKey key, LongConsumer grown) {
        return Watch.NONE;
    }

    @Override
    public boolean isHealthy() {
        return committer.failure() == null;
    }

    /** Batches that wait for the committer. */
    public int queueDepth() {
        return queue.depth();
    }

    /** Reads that wait for a reader. */
    public int readQueueDepth() {
        return readers.getQueue().size();
    }

    /** Writes so far; entries by commits is how well appends gather. */
    public long commits() {
        return committer.commits();
    }

    /** Entries stored so far. */
    public long entries() {
        return committer.entries();
    }

    /** Conversations quarantined since the start. */
    public int damagedConversations() {
        return quarantine.size();
    }

    /** Inbox rows left out because they could not be read. */
    public long damagedInboxRows() {
        return reader.inboxRowsDamaged();
    }

    /** Snapshots left aside because they could not be read; their conversations were loaded from the log. */
    public long damagedSnapshots() {
        return reader.snapshotsDamaged();
    }

    /** After {@link #close} what it was then. */
    public RocksStatistics statistics() {
        return database.statistics();
    }

    /** Waits for what was queued. Not to be called from a stage's callback, which runs on a thread that this waits for. */
    @Override
    public synchronized void close() {
        purge.close();
        queue.close();
        readers.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                committerThread.join();
                ended = readers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        database.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> CompletionStage<T> read(ReadGate.Read<T> read) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        try {
            readers.execute(() -> {
                try {
                    stage.complete(reads.through(read));
                } catch (RocksDBException e) {
                    stage.completeExceptionally(new UncheckedIOException(new IOException("a read failed", e)));
                } catch (RuntimeException | Error e) {
                    stage.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            stage.completeExceptionally(
                    readers.isShutdown() ? closed() : new StoreBusyException("the queue of reads is full"));
        }
        return stage;
    }

    /** Damage found while reading a conversation is its own, that RocksDB finds in its files too. */
    private <T> T verified(ConversationKey key, ReadGate.Read<T> read) throws RocksDBException {
        quarantine.check(key);
        try {
            return read.read();
        } catch (DamagedLogException e) {
            quarantine.add(key, e);
            throw e;
        } catch (RocksDBException e) {
            if (!RocksDatabase.isCorruption(e)) {
                throw e;
            }
            DamagedLogException damage = new DamagedLogException(key, "RocksDB says " + e.getMessage());
            quarantine.add(key, damage);
            throw damage;
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the store is closed");
    }
}

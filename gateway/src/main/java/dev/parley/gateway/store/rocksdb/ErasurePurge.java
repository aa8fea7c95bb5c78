package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.rocksdb.CommitQueue.Offer;
import dev.parley.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the files what erasures replaced, on a thread of its own. A replaced row stays in the write-ahead log until
 * all families are flushed, and in tables until they are compacted; nobody may read as of a moment before.
 *
 * <p>Each erasure leaves a mark, written with it and deleted when nothing is left, so that a purge which a crash or a disk
 * cut short is done after the next start.
 */
final class ErasurePurge {
    private static final Logger log = LoggerFactory.getLogger(ErasurePurge.class);
    private static final byte[] TURN = {0};
    private static final int POLL_MILLIS = 20;
    private static final int TURN_AGAIN_MILLIS = 500;
    private static final int GONE_MAX_MILLIS = 60_000;

    private final RocksDatabase database;
    private final CommitQueue queue;
    private final ReadGate reads;
    private final CompactRangeOptions compaction =
            new CompactRangeOptions().setBottommostLevelCompaction(BottommostLevelCompaction.kForce);
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "store-erasure-purge"));

    ErasurePurge(RocksDatabase database, CommitQueue queue, ReadGate reads) {
        this.database = database;
        this.queue = queue;
        this.reads = reads;
    }

    /** Completes when nothing is left of what was replaced before this call. */
    CompletionStage<@Nullable Void> start() {
        CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    requireOpen();
                    purge();
                    stage.complete(null);
                } catch (RocksDBException e) {
                    fail(stage, new UncheckedIOException(new IOException("a purge failed", e)));
                } catch (IOException e) {
                    fail(stage, new UncheckedIOException(e));
                } catch (ExecutionException e) {
                    fail(stage, e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    stage.completeExceptionally(new IllegalStateException("the store is closed", e));
                } catch (WireException | RuntimeException | Error e) {
                    fail(stage, e);
                }
            });
        } catch (RejectedExecutionException e) {
            stage.completeExceptionally(new IllegalStateException("the store is closed"));
        }
        return stage;
    }

    /** Gives up what is under way; its marks stay. */
    void close() {
        if (thread.isShutdown()) {
            return;
        }
        compaction.setCanceled(true);
        List<Runnable> waiting = thread.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        waiting.forEach(Runnable::run);
        compaction.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireOpen() {
        if (thread.isShutdown()) {
            throw new IllegalStateException("the store is closed");
        }
    }

    private void fail(CompletableFuture<@Nullable Void> stage, Throwable cause) {
        if (thread.isShutdown()) {
            stage.completeExceptionally(new IllegalStateException("the store is closed", cause));
            return;
        }
        log.error("what was erased is not yet gone from the files; the next purge or start tries again", cause);
        stage.completeExceptionally(cause);
    }

    private void purge() throws RocksDBException, WireException, IOException, InterruptedException, ExecutionException {
        List<byte[]> marks = marks();
        if (marks.isEmpty()) {
            return;
        }
        reads.awaitCurrent();
        turnLogOver();
        List<Path> logs = files(".log");
        awaitGone(logs.subList(0, Math.max(0, logs.size() - 1)));
        for (byte[] mark : marks) {
            compact(Arrays.copyOf(mark, mark.length - Long.BYTES));
        }
        awaitGone(files(".sst"));
        PurgedErasures purged = new PurgedErasures(marks, new CompletableFuture<>());
        for (Offer offer = queue.offer(purged); offer != Offer.QUEUED; offer = queue.offer(purged)) {
            if (offer == Offer.CLOSED) {
                throw new IOException("the store takes no writes any more");
            }
            Thread.sleep(POLL_MILLIS);
        }
        purged.stage().get();
    }

    /** A log is let go when all families were flushed since, and RocksDB looks for such only when a family was. */
    private void turnLogOver() throws RocksDBException {
        database.rocks.put(TURN, TURN);
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            database.rocks.flush(wait, database.families);
        }
    }

    private List<byte[]> marks() throws RocksDBException {
        List<byte[]> marks = new ArrayList<>();
        try (RocksIterator rows = database.rocks.newIterator(database.erasures)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                marks.add(rows.key());
            }
            rows.status();
        }
        return marks;
    }

    /** All that holds text of a conversation. */
    private void compact(byte[] conversation) throws RocksDBException {
        for (ColumnFamilyHandle family :
                List.of(database.entries, database.blocks, database.snapshots, database.heads)) {
            database.rocks.compactRange(family, conversation, Keys.end(conversation), compaction);
        }
    }

    /** In the order of their numbers, which is that of their making. */
    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(database.folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted(Comparator.comparingLong(
                            file -> Long.parseLong(file.getFileName().toString().replace(suffix, ""))))
                    .toList();
        }
    }

    /** RocksDB deletes what it no longer needs on threads of its own, and not while somebody reads it. */
    private void awaitGone(List<Path> files) throws RocksDBException, IOException, InterruptedException {
        for (int waitedMillis = 0; ; waitedMillis += POLL_MILLIS) {
            if (waitedMillis > 0 && waitedMillis % TURN_AGAIN_MILLIS == 0) {
                turnLogOver();
            }
            Set<String> live = new HashSet<>();
            for (LiveFileMetaData file : database.rocks.getLiveFilesMetaData()) {
                live.add(file.fileName().substring(1));
            }
            Optional<Path> left = files.stream()
                    .filter(file -> !live.contains(file.getFileName().toString()) && Files.exists(file))
                    .findFirst();
            if (left.isEmpty()) {
                return;
            }
            if (waitedMillis > GONE_MAX_MILLIS) {
                throw new IOException(left.get() + " is not needed any more and still there");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}

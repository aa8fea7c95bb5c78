package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.PreparedAppend;
import dev.parley.gateway.store.PreparedAppend.Row;
import dev.parley.gateway.store.Quarantine;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer, on its own thread: takes what is queued, decides each append against the heads, writes all of it at once
 * and then answers, in the order of the calls. While one write is synced the next commit gathers in the queue. What comes when
 * nothing was written for a moment is written at once; but two syncs do not begin within a millisecond, or a disk that is
 * quick would have the processor do little else.
 *
 * <p>After a write that failed nobody knows what the disk holds, and a second sync may succeed without the bytes of the
 * first. So the first failure ends the thread: what waits is answered with it, and nothing is taken any more.
 */
final class Committer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private static final long SYNC_INTERVAL_NANOS = 1_000_000;

    private final RocksDatabase database;
    private final CommitQueue queue;
    private final Quarantine quarantine;
    private final AppendRows appendRows;
    private final Heads heads;
    private final int commitBytesMax;
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final LongConsumer writeNanos;
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private volatile @Nullable StoreFailedException failure;

    Committer(
            RocksDatabase database,
            CommitQueue queue,
            Quarantine quarantine,
            RocksOptions options,
            LongSupplier nanoTime,
            LongConsumer writeNanos) {
        this.database = database;
        this.queue = queue;
        this.quarantine = quarantine;
        this.appendRows = new AppendRows(database);
        this.heads = new Heads(database, options.headsCachedMax());
        this.commitBytesMax = options.commitBytesMax();
        this.intervalNanos = options.durability() == Durability.DISK ? SYNC_INTERVAL_NANOS : 0;
        this.nanoTime = nanoTime;
        this.writeNanos = writeNanos;
    }

    @Override
    public void run() {
        long begun = nanoTime.getAsLong() - intervalNanos;
        for (Work first = queue.take(); first != null; first = queue.take()) {
            gather(begun + intervalNanos - nanoTime.getAsLong());
            begun = nanoTime.getAsLong();
            List<Work> group = new ArrayList<>();
            group.add(first);
            try {
                commit(group);
            } catch (RocksDBException | RuntimeException | Error e) {
                fail(group, e);
            }
        }
    }

    private static void gather(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    /** What stopped the committer, or null while it runs. */
    @Nullable StoreFailedException failure() {
        return failure;
    }

    /** Writes that reached the database. */
    long commits() {
        return commits.get();
    }

    /** Entries in them. */
    long entries() {
        return entries.get();
    }

    private void commit(List<Work> group) throws RocksDBException {
        List<Runnable> answers = new ArrayList<>();
        try (WriteBatch rows = new WriteBatch()) {
            answers.add(decide(group.get(0), rows));
            while (rows.getDataSize() < commitBytesMax) {
                Work next = queue.pollIf(work -> !work.readsRows());
                if (next == null) {
                    break;
                }
                group.add(next);
                answers.add(decide(next, rows));
            }
            if (rows.count() > 0) {
                long start = nanoTime.getAsLong();
                database.rocks.write(database.writeOptions, rows);
                writeNanos.accept(nanoTime.getAsLong() - start);
                commits.incrementAndGet();
            }
        }
        heads.committed();
        answers.forEach(Runnable::run);
    }

    private Runnable decide(Work work, WriteBatch rows) throws RocksDBException {
        if (work instanceof PreparedBatch batch) {
            return decide(batch, rows);
        } else if (work instanceof Truncation truncation) {
            return decide(truncation, rows);
        }
        return decide((PurgedErasures) work, rows);
    }

    private Runnable decide(PurgedErasures purged, WriteBatch rows) throws RocksDBException {
        for (byte[] key : purged.keys()) {
            rows.delete(database.erasures, key);
        }
        return () -> purged.stage().complete(null);
    }

    private Runnable decide(Truncation truncation, WriteBatch rows) {
        ConversationKey key = truncation.key();
        byte[] conversation = truncation.conversation();
        try {
            quarantine.check(key);
            Head head = heads.of(key, conversation);
            long revision = Math.min(truncation.revision(), head.snapshot());
            if (revision <= head.horizon().revision()) {
                return () -> truncation.stage().complete(head.horizon().revision());
            }
            Chain horizon = RowCodec.chain(
                    revision, appendRows.entry(conversation, revision).getChain());
            Head after = new Head(head.chain(), head.summary(), horizon, head.snapshot());
            rows.deleteRange(database.entries, Keys.entry(conversation, 0), Keys.entry(conversation, revision + 1));
            rows.put(database.heads, conversation, HeadCodec.encode(after));
            heads.change(Map.of(key, after));
            return () -> truncation.stage().complete(revision);
        } catch (WireException e) {
            DamagedLogException damage = new DamagedLogException(key, "its beginning: " + e.getMessage());
            quarantine.add(key, damage);
            return () -> truncation.stage().completeExceptionally(damage);
        } catch (DamagedLogException e) {
            return () -> truncation.stage().completeExceptionally(e);
        } catch (RocksDBException e) {
            return () -> truncation
                    .stage()
                    .completeExceptionally(new UncheckedIOException(new IOException("a read failed", e)));
        }
    }

    /** Adds the rows of a batch, all or none, and returns how to answer it once they are written. */
    private Runnable decide(PreparedBatch batch, WriteBatch rows) throws RocksDBException {
        List<AppendResult> results = new ArrayList<>(batch.appends().size());
        Map<ConversationKey, Head> changed = new HashMap<>();
        int added = 0;
        rows.setSavePoint();
        try {
            for (PreparedAppend prepared : batch.appends()) {
                @Nullable Head head = end(prepared);
                @Nullable List<Row> erased = head == null ? null : erased(prepared, head);
                if (head != null && erased != null) {
                    changed.put(prepared.append().key(), appendRows.put(prepared, head, erased, rows));
                    added += prepared.entries().size();
                    results.add(AppendResult.STORED);
                } else {
                    results.add(AppendResult.CONFLICT);
                }
            }
        } catch (IllegalArgumentException e) {
            rows.rollbackToSavePoint();
            return () -> batch.stage().completeExceptionally(e);
        } catch (RocksDBException e) {
            rows.rollbackToSavePoint();
            return () ->
                    batch.stage().completeExceptionally(new UncheckedIOException(new IOException("a read failed", e)));
        }
        rows.popSavePoint();
        heads.change(changed);
        int stored = added;
        return () -> {
            entries.addAndGet(stored);
            batch.stage().complete(results);
        };
    }

    /**
     * Where the log ends, if that is where the append begins. Null for a damaged conversation: its append is a conflict, and
     * the load that follows says why.
     */
    private @Nullable Head end(PreparedAppend prepared) throws RocksDBException {
        ConversationKey key = prepared.append().key();
        if (quarantine.holds(key)) {
            return null;
        }
        try {
            Head head = heads.of(key, prepared.conversation());
            return head.chain().position().equals(prepared.append().expected()) ? head : null;
        } catch (WireException e) {
            quarantine.add(key, new DamagedLogException(key, "its head: " + e.getMessage()));
            return null;
        } catch (RocksDBException e) {
            if (!RocksDatabase.isCorruption(e)) {
                throw e;
            }
            quarantine.add(key, new DamagedLogException(key, "its head: " + e.getMessage()));
            return null;
        }
    }

    /** Null, as {@link #end}, if what is to be erased is damaged. */
    private @Nullable List<Row> erased(PreparedAppend prepared, Head head) throws RocksDBException {
        try {
            return appendRows.erased(prepared, head);
        } catch (WireException e) {
            ConversationKey key = prepared.append().key();
            quarantine.add(key, new DamagedLogException(key, "an entry to erase: " + e.getMessage()));
            return null;
        } catch (RocksDBException e) {
            if (!RocksDatabase.isCorruption(e)) {
                throw e;
            }
            ConversationKey key = prepared.append().key();
            quarantine.add(key, new DamagedLogException(key, "an entry to erase: " + e.getMessage()));
            return null;
        }
    }

    private void fail(List<Work> group, Throwable cause) {
        log.error("the store failed and acknowledges nothing any more; restart the gateway", cause);
        StoreFailedException failed = new StoreFailedException("a write failed: " + cause.getMessage(), cause);
        failure = failed;
        queue.close();
        group.forEach(work -> work.stage().completeExceptionally(failed));
        for (Work waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.stage().completeExceptionally(failed);
        }
    }
}

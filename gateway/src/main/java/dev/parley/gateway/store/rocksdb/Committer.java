package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer, on its own thread: takes what is queued, decides each append against the heads, writes all of it at once
 * and then answers, in the order of the calls. While one write is synced the next commit gathers in the queue, so there is
 * no timer.
 *
 * <p>After a write that failed nobody knows what the disk holds, and a second sync may succeed without the bytes of the
 * first. So the first failure ends the thread: what waits is answered with it, and nothing is taken any more.
 */
final class Committer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private final RocksDatabase database;
    private final CommitQueue queue;
    private final Quarantine quarantine;
    private final Heads heads;
    private final int commitBytesMax;
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
        this.heads = new Heads(database, options.headsCachedMax());
        this.commitBytesMax = options.commitBytesMax();
        this.nanoTime = nanoTime;
        this.writeNanos = writeNanos;
    }

    @Override
    public void run() {
        for (PreparedBatch first = queue.take(); first != null; first = queue.take()) {
            List<PreparedBatch> group = new ArrayList<>();
            group.add(first);
            try {
                commit(group);
            } catch (RocksDBException | RuntimeException | Error e) {
                fail(group, e);
            }
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

    private void commit(List<PreparedBatch> group) throws RocksDBException {
        List<Runnable> answers = new ArrayList<>();
        try (WriteBatch rows = new WriteBatch()) {
            answers.add(decide(group.get(0), rows));
            while (rows.getDataSize() < commitBytesMax) {
                PreparedBatch next = queue.poll();
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

    /** Adds the rows of a batch, all or none, and returns how to answer it once they are written. */
    private Runnable decide(PreparedBatch batch, WriteBatch rows) throws RocksDBException {
        List<AppendResult> results = new ArrayList<>(batch.appends().size());
        Map<ConversationKey, Head> changed = new HashMap<>();
        int added = 0;
        rows.setSavePoint();
        try {
            for (PreparedAppend prepared : batch.appends()) {
                @Nullable Head head = end(prepared);
                if (head != null
                        && head.chain().position().equals(prepared.append().expected())) {
                    changed.put(prepared.append().key(), put(prepared, head, rows));
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

    /** Null for a damaged conversation: its append is a conflict, and the load that follows says why. */
    private @Nullable Head end(PreparedAppend prepared) throws RocksDBException {
        ConversationKey key = prepared.append().key();
        if (quarantine.holds(key)) {
            return null;
        }
        try {
            return heads.of(key, prepared.conversation());
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

    private Head put(PreparedAppend prepared, Head head, WriteBatch rows) throws RocksDBException {
        Append append = prepared.append();
        Chain chain = head.chain();
        for (int i = 0; i < prepared.entries().size(); i++) {
            chain = chain.next(prepared.digests().get(i));
            if (!chain.equals(append.entries().get(i).chain())) {
                throw new IllegalArgumentException(
                        "entry " + chain.revision() + " does not continue the chain of " + append.key());
            }
            PreparedAppend.Row row = prepared.entries().get(i);
            rows.put(database.entries, row.key(), row.value());
        }
        for (byte[] key : prepared.expiredOutboxes()) {
            rows.delete(database.outboxes, key);
        }
        for (PreparedAppend.Row row : prepared.outboxes()) {
            rows.put(database.outboxes, row.key(), row.value());
        }
        ConversationSummary summary = append.summary();
        if (summary == null && prepared.entries().isEmpty()) {
            return head;
        }
        Head after = new Head(chain, summary == null ? head.summary() : summary);
        rows.put(database.heads, prepared.conversation(), RowCodec.encodeHead(after));
        if (summary != null) {
            index(append.key().tenant(), head.summary(), summary, rows);
        }
        return after;
    }

    private void index(String tenant, @Nullable ConversationSummary before, ConversationSummary after, WriteBatch rows)
            throws RocksDBException {
        if (before == null || !before.visitor().equals(after.visitor())) {
            if (before != null && !before.visitor().isEmpty()) {
                rows.delete(database.visitors, Keys.visitor(tenant, before.visitor(), before.conversation()));
            }
            if (!after.visitor().isEmpty()) {
                rows.put(
                        database.visitors,
                        Keys.visitor(tenant, after.visitor(), after.conversation()),
                        RowCodec.KEY_ONLY);
            }
        }
        if (before != null
                && (before.lastTimeMillis() != after.lastTimeMillis()
                        || !before.kind().equals(after.kind()))) {
            rows.delete(database.inbox, Keys.inbox(tenant, before));
        }
        rows.put(database.inbox, Keys.inbox(tenant, after), RowCodec.encodeSummary(after));
    }

    private void fail(List<PreparedBatch> group, Throwable cause) {
        log.error("the store failed and acknowledges nothing any more; restart the gateway", cause);
        StoreFailedException failed = new StoreFailedException("a write failed: " + cause.getMessage(), cause);
        failure = failed;
        queue.close();
        group.forEach(batch -> batch.stage().completeExceptionally(failed));
        for (PreparedBatch waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.stage().completeExceptionally(failed);
        }
    }
}

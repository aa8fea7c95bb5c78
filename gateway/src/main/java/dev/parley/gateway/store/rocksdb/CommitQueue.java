package dev.parley.gateway.store.rocksdb;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The batches that wait for the committer: any thread offers, the committer's thread takes. It takes what was queued before
 * {@link #close} even after it, so that no batch is left without an answer.
 */
final class CommitQueue {
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<PreparedBatch> batches = new ArrayDeque<>();
    private final int batchesMax;
    private boolean closed;

    CommitQueue(int batchesMax) {
        this.batchesMax = batchesMax;
    }

    enum Offer {
        QUEUED,
        FULL,
        CLOSED
    }

    Offer offer(PreparedBatch batch) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (batches.size() >= batchesMax) {
                return Offer.FULL;
            }
            batches.add(batch);
            changed.signal();
            return Offer.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a batch; null when the queue is closed and empty. */
    @Nullable PreparedBatch take() {
        lock.lock();
        try {
            while (batches.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return batches.poll();
        } finally {
            lock.unlock();
        }
    }

    /** The next batch, or null when there is none now. */
    @Nullable PreparedBatch poll() {
        lock.lock();
        try {
            return batches.poll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    int depth() {
        lock.lock();
        try {
            return batches.size();
        } finally {
            lock.unlock();
        }
    }
}

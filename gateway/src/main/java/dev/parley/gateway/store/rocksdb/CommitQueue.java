package dev.parley.gateway.store.rocksdb;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the committer: any thread offers, the committer's thread takes. It takes what was queued before {@link
 * #close} even after it, so that no call is left without an answer.
 */
final class CommitQueue {
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Work> waiting = new ArrayDeque<>();
    private final int waitingMax;
    private boolean closed;

    CommitQueue(int waitingMax) {
        this.waitingMax = waitingMax;
    }

    enum Offer {
        QUEUED,
        FULL,
        CLOSED
    }

    Offer offer(Work work) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (waiting.size() >= waitingMax) {
                return Offer.FULL;
            }
            waiting.add(work);
            changed.signal();
            return Offer.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work; null when the queue is closed and empty. */
    @Nullable Work take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    /** What is next, or null when there is nothing now. */
    @Nullable Work poll() {
        return pollIf(work -> true);
    }

    /** What is next if it is such, or null. */
    @Nullable Work pollIf(Predicate<Work> such) {
        lock.lock();
        try {
            @Nullable Work next = waiting.peek();
            return next != null && such.test(next) ? waiting.poll() : null;
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
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}

package dev.parley.gateway.store.rocksdb;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.RocksDBException;

/** Knows which reads are under way, so that somebody can wait for them; for the reader threads and whoever waits. */
final class ReadGate {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    interface Read<T> {
        T read() throws RocksDBException;
    }

    <T> T through(Read<T> read) throws RocksDBException {
        lock.readLock().lock();
        try {
            return read.read();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns when all reads have ended that had begun. */
    void awaitCurrent() throws InterruptedException {
        lock.writeLock().lockInterruptibly();
        lock.writeLock().unlock();
    }
}

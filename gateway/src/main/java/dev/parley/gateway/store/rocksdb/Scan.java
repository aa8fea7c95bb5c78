package dev.parley.gateway.store.rocksdb;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** The rows of a family from one key up to another, in order; for one thread, and closed by it. */
final class Scan implements AutoCloseable {
    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator rows;
    private boolean started;

    Scan(RocksDB rocks, ColumnFamilyHandle family, Snapshot snapshot, byte[] from, byte[] end) {
        this.end = new Slice(end);
        options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(this.end);
        rows = rocks.newIterator(family, options);
        rows.seek(from);
    }

    /** Moves to the first row, then to the next; false after the last. */
    boolean next() throws RocksDBException {
        if (started) {
            rows.next();
        }
        started = true;
        if (rows.isValid()) {
            return true;
        }
        rows.status();
        return false;
    }

    byte[] key() {
        return rows.key();
    }

    byte[] value() {
        return rows.value();
    }

    @Override
    public void close() {
        rows.close();
        options.close();
        end.close();
    }
}

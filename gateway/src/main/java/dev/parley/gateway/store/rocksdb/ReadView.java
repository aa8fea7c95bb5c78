package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Keys;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** All families as they are at one moment, whatever is committed meanwhile; for one thread, and closed by it. */
final class ReadView implements AutoCloseable {
    private final RocksDatabase database;
    private final Snapshot snapshot;
    private final ReadOptions options;

    ReadView(RocksDatabase database) {
        this.database = database;
        snapshot = database.rocks.getSnapshot();
        options = new ReadOptions().setSnapshot(snapshot);
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        return database.rocks.get(family, options, key);
    }

    /** The rows whose keys begin with {@code prefix}, from the key {@code from} on. */
    Scan scan(ColumnFamilyHandle family, byte[] prefix, byte[] from) {
        return new Scan(database.rocks, family, snapshot, from, Keys.end(prefix));
    }

    /** All rows from the key {@code from} on. */
    Scan scan(ColumnFamilyHandle family, byte[] from) {
        return new Scan(database.rocks, family, snapshot, from, Keys.afterAll());
    }

    @Override
    public void close() {
        options.close();
        database.rocks.releaseSnapshot(snapshot);
    }
}

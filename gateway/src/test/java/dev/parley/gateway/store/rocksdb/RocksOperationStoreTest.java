package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OperationStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksOperationStoreTest extends OperationStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected OperationStore open() {
        return RocksOperationStore.open(
                RocksOptions.of(folder.resolve("store"), Durability.DISK), System::nanoTime, nanos -> {});
    }

    @Override
    protected OperationStore reopen(OperationStore closed) {
        return open();
    }
}

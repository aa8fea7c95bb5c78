package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Durability;
import java.nio.file.Path;
import java.util.List;

/** Opens stores the way most tests want them. */
final class RocksStores {
    private RocksStores() {}

    static RocksOperationStore open(Path folder) {
        return open(RocksOptions.of(folder, Durability.DISK));
    }

    static RocksOperationStore open(RocksOptions options) {
        return RocksOperationStore.open(options, System::nanoTime, nanos -> {});
    }

    static void store(RocksOperationStore store, Append append) {
        assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
    }
}

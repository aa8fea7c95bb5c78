package dev.parley.gateway.store.memory;

import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OperationStoreContract;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/** The same on an executor of many threads. */
class MemoryOperationStoreManyThreadsTest extends OperationStoreContract {
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    @Override
    protected OperationStore open() {
        return new MemoryOperationStore(executor);
    }

    @Override
    protected OperationStore reopen(OperationStore closed) {
        return ((MemoryOperationStore) closed).restarted(executor);
    }

    @AfterEach
    void stop() {
        executor.shutdown();
    }
}

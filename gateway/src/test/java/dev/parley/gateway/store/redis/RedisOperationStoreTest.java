package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OperationStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisOperationStoreTest extends OperationStoreContract {
    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected OperationStore open() {
        server.cli("FLUSHALL");
        return RedisStores.open(server, Durability.DISK);
    }

    @Override
    protected OperationStore reopen(OperationStore closed) {
        return RedisStores.open(server, Durability.DISK);
    }
}

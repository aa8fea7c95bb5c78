package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Durability;

/** Opens stores the way most tests want them. */
final class RedisStores {
    private RedisStores() {}

    static RedisOperationStore open(RedisServer server, Durability durability) {
        return RedisOperationStore.open(RedisOptions.of(server.uri(), durability), System::nanoTime, nanos -> {});
    }
}

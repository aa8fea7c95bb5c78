package dev.parley.gateway;

import dev.parley.gateway.metrics.GatewayMetrics;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.gateway.store.redis.RedisEphemeral;
import dev.parley.gateway.store.redis.RedisOperationStore;
import dev.parley.gateway.store.redis.RedisOptions;
import dev.parley.gateway.store.rocksdb.RocksOperationStore;
import dev.parley.gateway.store.rocksdb.RocksOptions;
import java.time.InstantSource;

/** Where a gateway keeps its logs, and what it shares with other nodes. Opened and closed by the thread that starts it. */
record Engines(OperationStore store, Ephemeral ephemeral) {

    /** How they are opened, with meters of theirs. */
    interface Opening {
        Engines open(GatewayMetrics metrics);
    }

    static Engines of(GatewayConfig config, InstantSource clock, GatewayMetrics metrics) {
        if (config.store().isRedis()) {
            RedisOperationStore redis = RedisOperationStore.open(
                    RedisOptions.of(config.store().name(), config.durability()),
                    System::nanoTime,
                    metrics.storeWrites());
            metrics.bind(redis);
            return new Engines(redis, RedisEphemeral.of(redis.connections()));
        }
        Ephemeral alone = new MemoryEphemeral(clock, Runnable::run);
        if (config.store().equals(StoreKind.MEMORY)) {
            return new Engines(new MemoryOperationStore(Runnable::run), alone);
        }
        RocksOperationStore rocks = RocksOperationStore.open(
                RocksOptions.of(config.dataDir(), config.durability()), System::nanoTime, metrics.storeWrites());
        metrics.bind(rocks);
        return new Engines(rocks, alone);
    }
}

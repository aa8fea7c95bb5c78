package dev.parley.gateway.store.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** To one server, or to the one that Sentinel names. */
record SingleLink(StatefulRedisConnection<byte[], byte[]> connection) implements RedisLink {

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return connection.async();
    }

    @Override
    public CompletionStage<RedisAsyncCommands<byte[], byte[]>> of(byte[] key) {
        return CompletableFuture.completedFuture(connection.async());
    }

    @Override
    public CompletionStage<List<RedisAsyncCommands<byte[], byte[]>>> primaries() {
        return CompletableFuture.completedFuture(List.of(connection.async()));
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        connection.close();
    }
}

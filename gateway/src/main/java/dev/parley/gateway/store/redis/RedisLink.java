package dev.parley.gateway.store.redis;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A connection to Redis, or one to each primary of a cluster, that comes back by itself. For any thread; nothing blocks. */
interface RedisLink extends AutoCloseable {

    /** Commands by key, sent in the order of the calls to whoever has the key. */
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    /** Commands to the one server that has this key now. */
    CompletionStage<RedisAsyncCommands<byte[], byte[]>> of(byte[] key);

    /** Commands to each server that takes writes. */
    CompletionStage<List<RedisAsyncCommands<byte[], byte[]>>> primaries();

    /** False while the connection is lost. */
    boolean isOpen();

    @Override
    void close();
}

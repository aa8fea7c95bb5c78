package dev.parley.gateway.store.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** To the primaries of a cluster. */
record ClusterLink(StatefulRedisClusterConnection<byte[], byte[]> connection) implements RedisLink {

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return connection.async();
    }

    @Override
    public CompletionStage<RedisAsyncCommands<byte[], byte[]>> of(byte[] key) {
        RedisClusterNode node = connection.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
        if (node == null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("nobody has slot " + SlotHash.getSlot(key)));
        }
        return connection.getConnectionAsync(node.getNodeId()).thenApply(StatefulRedisConnection::async);
    }

    @Override
    public CompletionStage<List<RedisAsyncCommands<byte[], byte[]>>> primaries() {
        List<CompletableFuture<StatefulRedisConnection<byte[], byte[]>>> nodes = new ArrayList<>();
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.getRole().isUpstream() && !node.getSlots().isEmpty()) {
                nodes.add(connection.getConnectionAsync(node.getNodeId()));
            }
        }
        return CompletableFuture.allOf(nodes.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        done -> nodes.stream().map(node -> node.join().async()).toList());
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

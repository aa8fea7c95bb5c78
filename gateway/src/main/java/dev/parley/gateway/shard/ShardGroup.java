package dev.parley.gateway.shard;

import dev.parley.gateway.store.ConversationKey;
import java.util.List;

/** All shards of a node. A conversation's shard follows from its key alone. For any thread. */
public final class ShardGroup {
    private final List<Shard> shards;

    public ShardGroup(List<Shard> shards) {
        this.shards = List.copyOf(shards);
    }

    public Shard of(ConversationKey key) {
        return shards.get(Math.floorMod(key.hashCode() * 0x9E3779B9, shards.size()));
    }

    public List<Shard> all() {
        return shards;
    }
}

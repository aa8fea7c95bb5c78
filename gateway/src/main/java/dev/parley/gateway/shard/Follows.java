package dev.parley.gateway.shard;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.OperationStore;
import java.util.HashMap;
import java.util.Map;

/** The conversations of a shard that are followed: those in memory, and those to which somebody listens. Owned by the shard. */
final class Follows {
    private final Follow.Owner owner;
    private final OperationStore store;
    private final TimedLoop loop;
    private final int entriesMax;
    private final Map<ConversationKey, Follow> all = new HashMap<>();

    /** Whoever is further behind than {@code entriesMax} is better off with a snapshot. */
    Follows(Follow.Owner owner, OperationStore store, TimedLoop loop, int entriesMax) {
        this.owner = owner;
        this.store = store;
        this.loop = loop;
        this.entriesMax = entriesMax;
    }

    void begin(ConversationKey key) {
        all.computeIfAbsent(key, absent -> new Follow(owner, store, loop, absent, entriesMax));
    }

    void end(ConversationKey key) {
        Follow ended = all.remove(key);
        if (ended != null) {
            ended.close();
        }
    }

    /** Nothing is in the way of what others appended. */
    void goOn(ConversationKey key) {
        Follow follow = all.get(key);
        if (follow != null) {
            follow.goOn();
        }
    }

    void lookLater(ConversationKey key) {
        Follow follow = all.get(key);
        if (follow != null) {
            follow.lookLater();
        }
    }

    /** Whether there can be others who append to it. */
    boolean isShared(ConversationKey key) {
        Follow follow = all.get(key);
        return follow != null && follow.isShared();
    }
}

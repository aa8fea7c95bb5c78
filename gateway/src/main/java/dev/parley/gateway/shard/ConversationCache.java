package dev.parley.gateway.shard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.parley.gateway.store.ConversationKey;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The conversations in a shard's memory, up to a weight; touched on its loop alone. Who is used least goes first, and who has
 * to stay ({@link LoadedConversation#stays}) goes when that is over.
 *
 * <p>What a conversation weighs is told to the cache when it has changed by an eighth: a change is a write into the cache,
 * and each submission changes it by an entry.
 */
final class ConversationCache {
    private static final int WEIGHED_SHARE = 8;

    private final Cache<ConversationKey, LoadedConversation> cache;
    /** Those that have to stay and for which there was no room. */
    private final Map<ConversationKey, LoadedConversation> crowdedOut = new HashMap<>();

    private final Consumer<ConversationKey> dropped;

    /** {@code dropped} is told of what went, in the midst of a call that made room. */
    ConversationCache(long bytesMax, Consumer<ConversationKey> dropped) {
        this.dropped = dropped;
        this.cache = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(bytesMax)
                .weigher((ConversationKey key, LoadedConversation loaded) -> loaded.weighedBytes())
                .removalListener(this::removed)
                .recordStats()
                .build();
    }

    /** For metrics, which any thread may read. */
    Cache<?, ?> statistics() {
        return cache;
    }

    @Nullable LoadedConversation get(ConversationKey key) {
        LoadedConversation loaded = cache.getIfPresent(key);
        return loaded != null || crowdedOut.isEmpty() ? loaded : crowdedOut.get(key);
    }

    boolean holds(ConversationKey key) {
        return cache.asMap().containsKey(key) || crowdedOut.containsKey(key);
    }

    /** After every piece of work on it. It may have gone meanwhile, and may go now. */
    void put(ConversationKey key, LoadedConversation loaded) {
        if (crowdedOut.get(key) == loaded) {
            if (loaded.stays()) {
                return;
            }
            crowdedOut.remove(key);
        }
        int weightBytes = loaded.conversation().weightBytes();
        int changeBytes = Math.abs(weightBytes - loaded.weighedBytes());
        if (changeBytes > loaded.weighedBytes() / WEIGHED_SHARE) {
            loaded.weighed(weightBytes);
            cache.put(key, loaded);
        }
    }

    void remove(ConversationKey key, LoadedConversation loaded) {
        if (crowdedOut.remove(key, loaded)) {
            dropped.accept(key);
        }
        cache.asMap().remove(key, loaded);
    }

    private void removed(@Nullable ConversationKey key, @Nullable LoadedConversation loaded, RemovalCause cause) {
        if (key == null || loaded == null) {
            return;
        }
        loaded.weighed(0);
        if (cause.wasEvicted() && loaded.stays()) {
            crowdedOut.put(key, loaded);
        } else {
            dropped.accept(key);
        }
    }
}

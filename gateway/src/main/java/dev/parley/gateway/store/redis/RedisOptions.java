package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Durability;

/**
 * Which Redis, what an answer survives, and the bounds of what is held in memory. All gateways of one Redis must be of one
 * {@code durability}.
 */
public record RedisOptions(
        String uri, Durability durability, long bytesInFlightMax, int headsCachedMax, int decoders, int waitMillis) {

    public static RedisOptions of(String uri, Durability durability) {
        return new RedisOptions(uri, durability, 64L << 20, 50_000, 2, 1_000);
    }
}

package dev.parley.gateway.shard;

/**
 * What one shard takes at most: memory for conversations, requests waiting, and bytes decided but not yet durable. Past
 * the bounds requests are refused with {@code refusalDelayMillis}.
 */
public record ShardLimits(long cacheBytesMax, int queuedMax, long undurableBytesMax, int refusalDelayMillis) {}

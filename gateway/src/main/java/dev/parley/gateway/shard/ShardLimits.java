package dev.parley.gateway.shard;

/**
 * What one shard takes at most: memory for conversations, requests waiting, and bytes decided but not yet durable. Past
 * the bounds requests are refused with {@code refusalDelayMillis}. Of each loaded conversation it keeps {@code
 * historyEntries} to twice as many entries; who is further behind has to catch up before it submits. A snapshot is written
 * every {@code snapshotEntries} entries.
 */
public record ShardLimits(
        long cacheBytesMax,
        int queuedMax,
        long undurableBytesMax,
        int refusalDelayMillis,
        int historyEntries,
        int snapshotEntries) {}

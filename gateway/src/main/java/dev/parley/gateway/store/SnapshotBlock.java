package dev.parley.gateway.store;

import dev.parley.conversation.Block;

/** A block of a snapshot, and the last entry that changed anything of it. */
public record SnapshotBlock(Block block, long changedAt) {}

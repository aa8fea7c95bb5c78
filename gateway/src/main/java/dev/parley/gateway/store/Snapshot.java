package dev.parley.gateway.store;

import java.util.List;
import java.util.SortedMap;

/** A conversation at {@code chain}, whole: its attributes, and its blocks in the order of their ids. */
public record Snapshot(
        Chain chain, long timeMillis, SortedMap<String, String> attributes, List<SnapshotBlock> blocks) {}

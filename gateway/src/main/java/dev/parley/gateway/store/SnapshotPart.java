package dev.parley.gateway.store;

import java.util.List;
import java.util.SortedMap;

/**
 * A conversation at {@code chain}, as the difference to its snapshot at {@code since}: the blocks that changed after that
 * revision, or with 0 all blocks there are, in place of any snapshot that the store has. Attributes are always all.
 *
 * @param accepted the outbox rows of which the answer is an entry after {@code since}
 * @param timeMillis of the last entry
 * @param blocks how many blocks the conversation has
 */
public record SnapshotPart(
        long since,
        Chain chain,
        long timeMillis,
        SortedMap<String, String> attributes,
        List<SnapshotBlock> changed,
        int blocks,
        List<OutboxRow> accepted) {}

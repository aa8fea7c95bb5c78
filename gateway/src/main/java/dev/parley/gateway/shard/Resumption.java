package dev.parley.gateway.shard;

import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Position;
import dev.parley.conversation.View;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How replicas of a conversation come to its head, wherever they are, and to its older blocks. Owned by its shard. */
final class Resumption {
    private final ConversationState state;
    private final History history;
    private final Chain horizon;
    private final int snapshotBlocks;

    Resumption(ConversationState state, History history, Chain horizon, int snapshotBlocks) {
        this.state = state;
        this.history = history;
        this.horizon = horizon;
        this.snapshotBlocks = snapshotBlocks;
    }

    /** The part of the log that is not in memory, or null if all is. */
    @Nullable Range beforeHistory() {
        return horizon.revision() < history.start() ? new Range(horizon.revision(), history.start()) : null;
    }

    /** What of the log has to be read before {@link #catchUp} can answer, or null if all is in memory. */
    @Nullable Range missingFor(Position position, boolean pending) {
        long revision = position.revision();
        if (revision >= history.start() || revision < horizon.revision() || (revision == 0 && !pending)) {
            return null;
        }
        if (revision == horizon.revision()) {
            return pending ? new Range(revision, history.start()) : null;
        }
        return new Range(revision - 1, pending ? history.start() : revision);
    }

    /**
     * What brings a replica from {@code position} to head, whichever is smaller: the entries since, or the blocks that
     * changed since. One with pending work needs entries, to rebase on. One at a position that is not on the log, or that the
     * log does not reach back to, gets all blocks. {@code read} is what {@link #missingFor} asked for, as far as it is there.
     */
    Delivery.CatchUp catchUp(int handle, Position position, boolean pending, View view, List<LoggedEntry> read) {
        long revision = position.revision();
        if ((revision == 0 && !pending) || !isOnLog(position, pending, read)) {
            ConversationState.Snapshot snapshot = state.snapshot(snapshotBlocks, view);
            return new Delivery.Blocks(
                    0, history.head().position(), snapshot.blocks(), state.attributesFor(view), snapshot.olderThan());
        }
        List<Block> changed = state.changedSince(revision, view);
        Delivery.Blocks blocks =
                new Delivery.Blocks(revision, history.head().position(), changed, state.attributesFor(view), 0);
        if (!pending && revision < history.start()) {
            return blocks;
        }
        List<LoggedEntry> entries = new ArrayList<>();
        for (LoggedEntry entry : read) {
            if (revision < entry.revision() && entry.revision() <= history.start()) {
                entries.add(entry);
            }
        }
        entries.addAll(history.since(Math.max(revision, history.start())));
        entries.removeIf(entry -> !entry.entry().isSeenBy(view));
        return !pending && weightOf(changed) < contentBytes(entries)
                ? blocks
                : new Published(handle, view, revision, history.head().position(), List.copyOf(entries));
    }

    /** Older blocks than a snapshot has. */
    Delivery.Page page(int handle, long before, int limit, View view) {
        List<Block> blocks = state.page(Math.min(limit, snapshotBlocks), before, view);
        long first = blocks.isEmpty() ? 0 : blocks.get(0).revision();
        boolean more = first > 0 && !state.latest(1, first, view).isEmpty();
        return new Delivery.Page(handle, before, blocks, more ? first : 0);
    }

    /** Whether it is not on this log, or further on, as far as that can be said without reading. */
    boolean isForeign(Position position) {
        long revision = position.revision();
        return revision >= history.start() && !(revision <= history.head().revision() && history.holds(position));
    }

    private boolean isOnLog(Position position, boolean pending, List<LoggedEntry> read) {
        long revision = position.revision();
        if (revision >= history.start()) {
            return !isForeign(position);
        }
        if (revision < horizon.revision()) {
            return false;
        }
        boolean known = revision == horizon.revision()
                ? horizon.position().equals(position)
                : !read.isEmpty() && read.get(0).position().equals(position);
        return known && (!pending || continuesToHistory(revision, read));
    }

    private boolean continuesToHistory(long revision, List<LoggedEntry> read) {
        return !read.isEmpty()
                && read.get(0).revision() <= revision + 1
                && read.get(read.size() - 1).revision() >= history.start();
    }

    private static long weightOf(Iterable<Block> blocks) {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += 80 + block.id().length() + block.text().toString().length();
        }
        return bytes;
    }

    private static long contentBytes(List<LoggedEntry> entries) {
        return entries.stream().mapToLong(entry -> entry.content().length).sum();
    }
}

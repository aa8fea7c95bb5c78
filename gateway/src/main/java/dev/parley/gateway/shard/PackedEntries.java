package dev.parley.gateway.shard;

import dev.parley.conversation.StateHashes;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Logged entries that are kept and seldom looked at, of revisions that follow each other. Owned by the conversation's shard.
 *
 * <p>Their bytes stand one behind the other in a few arrays. Objects of their own would all be copied by the next collection:
 * on one processor that was most of its pause.
 */
final class PackedEntries {
    private static final long HASHES_BYTES = 200;

    private final List<PackedBytes> chunks = new ArrayList<>();
    private final Map<Long, StateHashes> hashes = new HashMap<>();
    /** Of the first chunk; with the last of them it goes. */
    private int dropped;

    private int size;
    private long before;
    private long chunkBytes;

    /** The first will be the one after revision {@code before}. */
    PackedEntries(long before) {
        this.before = before;
    }

    int size() {
        return size;
    }

    long weightBytes() {
        return chunkBytes + HASHES_BYTES * hashes.size();
    }

    void add(LoggedEntry entry) {
        if (chunks.isEmpty() || chunks.get(chunks.size() - 1).isFull()) {
            PackedBytes begun = new PackedBytes();
            chunks.add(begun);
            chunkBytes += begun.weightBytes();
        }
        PackedBytes last = chunks.get(chunks.size() - 1);
        chunkBytes -= last.weightBytes();
        last.add(entry.chain().hash(), entry.content());
        chunkBytes += last.weightBytes();
        size++;
        keepHashes(entry);
    }

    LoggedEntry get(int index) {
        byte[] content = chunk(index).content(within(index));
        StateHashes kept = hashes.getOrDefault(revision(index), StateHashes.NONE);
        try {
            return new LoggedEntry(EntryCodec.decode(content), content, chain(index), kept);
        } catch (WireException e) {
            throw new IllegalStateException("entry " + revision(index) + " was readable when it was logged", e);
        }
    }

    Chain chain(int index) {
        return Chain.of(revision(index), chunk(index).hash(within(index)));
    }

    void replace(int index, LoggedEntry entry) {
        PackedBytes chunk = chunk(index);
        chunkBytes -= chunk.weightBytes();
        chunk.replace(within(index), entry.chain().hash(), entry.content());
        chunkBytes += chunk.weightBytes();
        hashes.remove(entry.revision());
        keepHashes(entry);
    }

    void forgetHashes() {
        hashes.clear();
    }

    void dropFirst(int count) {
        dropped += count;
        size -= count;
        before += count;
        List<PackedBytes> gone = chunks.subList(0, dropped / PackedBytes.ENTRIES_MAX);
        for (PackedBytes chunk : gone) {
            chunkBytes -= chunk.weightBytes();
        }
        gone.clear();
        dropped %= PackedBytes.ENTRIES_MAX;
        hashes.keySet().removeIf(revision -> revision <= before);
    }

    private void keepHashes(LoggedEntry entry) {
        if (!entry.hashes().equals(StateHashes.NONE)) {
            hashes.put(entry.revision(), entry.hashes());
        }
    }

    private long revision(int index) {
        return before + index + 1;
    }

    private PackedBytes chunk(int index) {
        return chunks.get((dropped + index) / PackedBytes.ENTRIES_MAX);
    }

    private int within(int index) {
        return (dropped + index) % PackedBytes.ENTRIES_MAX;
    }
}

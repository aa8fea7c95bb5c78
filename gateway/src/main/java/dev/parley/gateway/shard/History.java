package dev.parley.gateway.shard;

import dev.parley.conversation.Effect;
import dev.parley.conversation.Position;
import dev.parley.conversation.StateHashes;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The recent entries of a conversation, up to head, and an index of those that a submission has to be moved past. Owned by
 * the conversation's shard. What it has let go is read from the store.
 *
 * <p>Most of them are never looked at again, and thousands of conversations have hundreds each, all of which the collector
 * has to copy. So only the last ones are kept as they are, twice as far back as writers were behind of late, and the others as
 * {@link PackedEntries}.
 */
final class History {
    private static final long ENTRY_OVERHEAD_BYTES = 600;
    private static final int UNPACKED_MIN = 1;

    private final PackedEntries packed;
    private final List<LoggedEntry> unpacked = new ArrayList<>();
    private final Map<String, Revisions> editsByBlock = new HashMap<>();
    private final int entriesKept;
    private int unpackedKept;
    private Chain start;
    private Chain head;
    private long unpackedBytes;

    /** Of a log at {@code start}. It is cut to {@code entriesKept} when it has grown to twice this. */
    History(Chain start, int entriesKept) {
        this.packed = new PackedEntries(start.revision());
        this.start = start;
        this.head = start;
        this.entriesKept = entriesKept;
        this.unpackedKept = Math.min(UNPACKED_MIN, entriesKept);
    }

    /** Entries after this revision are here. */
    long start() {
        return start.revision();
    }

    Chain startChain() {
        return start;
    }

    Chain head() {
        return head;
    }

    long weightBytes() {
        return unpackedBytes + packed.weightBytes();
    }

    void append(LoggedEntry entry) {
        unpacked.add(entry);
        head = entry.chain();
        unpackedBytes += weight(entry);
        for (Effect effect : entry.entry().effects()) {
            if (movesEdits(effect)) {
                index(effect.target(), entry.revision());
            }
            if (effect instanceof Effect.Retarget retarget) {
                index(retarget.into(), entry.revision());
            }
        }
    }

    /** The store has the entries up to {@code revision}: those may be packed, and go. */
    void stored(long revision) {
        int stored = Math.toIntExact(revision - start.revision());
        if (unpacked.size() >= 2 * unpackedKept) {
            pack(Math.min(size() - unpackedKept, stored));
            unpackedKept = Math.max(Math.min(UNPACKED_MIN, entriesKept), unpackedKept / 2);
        }
        int gone = Math.min(size() - entriesKept, stored);
        if (size() >= 2 * entriesKept && gone > 0) {
            pack(gone);
            cut(gone);
        }
    }

    /** So many at least are packed then. */
    private void pack(int count) {
        List<LoggedEntry> first = unpacked.subList(0, Math.max(0, count - packed.size()));
        for (LoggedEntry entry : first) {
            packed.add(entry);
            unpackedBytes -= weight(entry);
        }
        first.clear();
    }

    private int size() {
        return packed.size() + unpacked.size();
    }

    /** The entries after {@code revision}, which the store does not have, are taken back. */
    void takeBack(long revision) {
        int kept = Math.toIntExact(revision - start.revision()) - packed.size();
        List<LoggedEntry> gone = unpacked.subList(kept, unpacked.size());
        for (LoggedEntry entry : gone) {
            unpackedBytes -= weight(entry);
        }
        gone.clear();
        head = chain(revision);
        editsByBlock.values().forEach(edits -> edits.dropAfter(revision));
        forgetUnedited();
    }

    /** Puts an entry in the place of the one of its revision, if that is here. */
    void replace(LoggedEntry entry) {
        int index = Math.toIntExact(entry.revision() - start.revision()) - 1;
        if (index >= packed.size()) {
            unpackedBytes += weight(entry) - weight(unpacked.set(index - packed.size(), entry));
        } else if (index >= 0) {
            packed.replace(index, entry);
        }
    }

    /** A replica that follows redacted entries shows fillers for a while, and must not be told the hash of the text. */
    void forgetHashes() {
        packed.forgetHashes();
        unpacked.replaceAll(entry -> entry.withHashes(StateHashes.NONE));
    }

    private void index(String block, long revision) {
        Revisions edits = editsByBlock.computeIfAbsent(block, absent -> new Revisions());
        if (edits.last() < revision) {
            edits.add(revision);
        }
    }

    /** Whether {@code position} is a point of this log; only for those from {@link #start} to head. */
    boolean holds(Position position) {
        return chain(position.revision()).position().equals(position);
    }

    /** The entries after {@code revision}, which is not before {@link #start}. */
    List<LoggedEntry> since(long revision) {
        int from = Math.toIntExact(revision - start.revision());
        List<LoggedEntry> entries = new ArrayList<>(size() - from);
        for (int i = from; i < packed.size(); i++) {
            entries.add(packed.get(i));
        }
        entries.addAll(unpacked.subList(Math.max(0, from - packed.size()), unpacked.size()));
        return entries;
    }

    /** The first entry after {@code revision} that changed the text of one of these effects' blocks; null if none did. */
    @Nullable LoggedEntry nextEdit(long revision, List<Effect> submission) {
        long next = Long.MAX_VALUE;
        for (Effect effect : submission) {
            long ofBlock = isMovedByEdits(effect) ? firstEdit(effect.target(), revision) : -1;
            next = ofBlock < 0 ? next : Math.min(next, ofBlock);
        }
        return next == Long.MAX_VALUE ? null : entry(next);
    }

    private long firstEdit(String block, long afterRevision) {
        Revisions edits = editsByBlock.get(block);
        return edits == null ? -1 : edits.firstAfter(afterRevision);
    }

    /** Whether an entry after {@code revision} edited this block and matches. */
    boolean editedSince(long revision, String block, Predicate<LoggedEntry> matches) {
        long edit = firstEdit(block, revision);
        while (edit >= 0) {
            if (matches.test(entry(edit))) {
                return true;
            }
            edit = firstEdit(block, edit);
        }
        return false;
    }

    /** How long a block's text was at {@code revision}, if an entry since says so by having changed it; else -1. */
    int lengthAt(long revision, String block) {
        long edit = firstEdit(block, revision);
        for (Effect effect : edit < 0 ? List.<Effect>of() : entry(edit).entry().effects()) {
            if (effect instanceof Effect.EditText first && first.block().equals(block)) {
                return first.baseLength();
            } else if (effect instanceof Effect.Reveal reveal && reveal.block().equals(block)) {
                return reveal.text().codePointCount(0, reveal.text().length());
            } else if (effect instanceof Effect.Retarget merge && merge.block().equals(block)) {
                return merge.length();
            } else if (effect instanceof Effect.Retarget merge && merge.into().equals(block)) {
                return merge.intoLength();
            }
        }
        return -1;
    }

    /** Who looks so far back will do so again: it stays unpacked from here on. */
    private LoggedEntry entry(long revision) {
        int index = Math.toIntExact(revision - start.revision()) - 1;
        unpackedKept = Math.max(unpackedKept, Math.min(2 * (size() - index), entriesKept));
        return index < packed.size() ? packed.get(index) : unpacked.get(index - packed.size());
    }

    private Chain chain(long revision) {
        int index = Math.toIntExact(revision - start.revision()) - 1;
        if (index < 0) {
            return start;
        }
        return index < packed.size()
                ? packed.chain(index)
                : unpacked.get(index - packed.size()).chain();
    }

    private void cut(int count) {
        start = packed.chain(count - 1);
        packed.dropFirst(count);
        editsByBlock.values().forEach(edits -> edits.dropUntil(start.revision()));
        forgetUnedited();
    }

    private void forgetUnedited() {
        editsByBlock.values().removeIf(Revisions::isEmpty);
    }

    private static boolean isMovedByEdits(Effect effect) {
        return effect instanceof Effect.EditText || effect instanceof Effect.PlaceAnchor;
    }

    private static boolean movesEdits(Effect effect) {
        return effect instanceof Effect.EditText
                || effect instanceof Effect.Reveal
                || effect instanceof Effect.Retarget
                || effect instanceof Effect.Erase;
    }

    private static long weight(LoggedEntry entry) {
        return ENTRY_OVERHEAD_BYTES + 4L * entry.content().length;
    }
}

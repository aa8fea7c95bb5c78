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
 */
final class History {
    private static final long ENTRY_OVERHEAD_BYTES = 600;

    private final List<LoggedEntry> entries = new ArrayList<>();
    private final Map<String, List<LoggedEntry>> editsByBlock = new HashMap<>();
    private final int entriesKept;
    private Chain start;
    private Chain head;
    private long weightBytes;

    /** Of a log at {@code start}. It is cut to {@code entriesKept} when it has grown to twice this. */
    History(Chain start, int entriesKept) {
        this.start = start;
        this.head = start;
        this.entriesKept = entriesKept;
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
        return weightBytes;
    }

    void append(LoggedEntry entry) {
        entries.add(entry);
        head = entry.chain();
        weightBytes += weight(entry);
        for (Effect effect : entry.entry().effects()) {
            if (movesEdits(effect)) {
                index(effect.target(), entry);
            }
            if (effect instanceof Effect.Retarget retarget) {
                index(retarget.into(), entry);
            }
        }
    }

    /** The store has the entries up to {@code revision}: those may go. */
    void stored(long revision) {
        long gone = Math.min(revision - start.revision(), entries.size() - entriesKept);
        if (entries.size() >= 2 * entriesKept && gone > 0) {
            cut(Math.toIntExact(gone));
        }
    }

    /** The entries after {@code revision}, which is not before {@link #start}, are taken back. */
    void takeBack(long revision) {
        int kept = Math.toIntExact(revision - start.revision());
        List<LoggedEntry> gone = entries.subList(kept, entries.size());
        for (LoggedEntry entry : gone) {
            weightBytes -= weight(entry);
        }
        gone.clear();
        head = kept == 0 ? start : entries.get(kept - 1).chain();
        dropEdits(edit -> edit.revision() > revision);
    }

    /** Puts an entry in the place of the one of its revision, if that is here. */
    void replace(LoggedEntry entry) {
        int index = Math.toIntExact(entry.revision() - start.revision()) - 1;
        if (index < 0) {
            return;
        }
        weightBytes += weight(entry) - weight(entries.set(index, entry));
        for (List<LoggedEntry> edits : editsByBlock.values()) {
            edits.replaceAll(edit -> edit.revision() == entry.revision() ? entry : edit);
        }
    }

    /** A replica that follows redacted entries shows fillers for a while, and must not be told the hash of the text. */
    void forgetHashes() {
        entries.replaceAll(entry -> entry.withHashes(StateHashes.NONE));
    }

    private void index(String block, LoggedEntry entry) {
        List<LoggedEntry> edits = editsByBlock.computeIfAbsent(block, absent -> new ArrayList<>());
        if (edits.isEmpty() || edits.get(edits.size() - 1).revision() < entry.revision()) {
            edits.add(entry);
        }
    }

    /** Whether {@code position} is a point of this log; only for those from {@link #start} to head. */
    boolean holds(Position position) {
        Chain chain = position.revision() == start.revision()
                ? start
                : entry(position.revision()).chain();
        return chain.position().equals(position);
    }

    /** The entries after {@code revision}, which is not before {@link #start}. */
    List<LoggedEntry> since(long revision) {
        return entries.subList(Math.toIntExact(revision - start.revision()), entries.size());
    }

    /** The first entry after {@code revision} that changed the text of one of these effects' blocks; null if none did. */
    @Nullable LoggedEntry nextEdit(long revision, List<Effect> submission) {
        LoggedEntry next = null;
        for (Effect effect : submission) {
            if (!isMovedByEdits(effect)) {
                continue;
            }
            LoggedEntry ofBlock = firstAfter(revision, editsByBlock.getOrDefault(effect.target(), List.of()));
            if (ofBlock != null && (next == null || ofBlock.revision() < next.revision())) {
                next = ofBlock;
            }
        }
        return next;
    }

    private static @Nullable LoggedEntry firstAfter(long revision, List<LoggedEntry> edits) {
        int low = 0;
        int high = edits.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (edits.get(middle).revision() > revision) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < edits.size() ? edits.get(low) : null;
    }

    /** Whether an entry after {@code revision} edited this block and matches. */
    boolean editedSince(long revision, String block, Predicate<LoggedEntry> matches) {
        return editsByBlock.getOrDefault(block, List.of()).stream()
                .anyMatch(edit -> edit.revision() > revision && matches.test(edit));
    }

    /** How long a block's text was at {@code revision}, if an entry since says so by having changed it; else -1. */
    int lengthAt(long revision, String block) {
        LoggedEntry edit = firstAfter(revision, editsByBlock.getOrDefault(block, List.of()));
        for (Effect effect : edit == null ? List.<Effect>of() : edit.entry().effects()) {
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

    private LoggedEntry entry(long revision) {
        return entries.get(Math.toIntExact(revision - start.revision()) - 1);
    }

    private void cut(int count) {
        List<LoggedEntry> gone = entries.subList(0, count);
        for (LoggedEntry entry : gone) {
            weightBytes -= weight(entry);
        }
        start = gone.get(count - 1).chain();
        gone.clear();
        dropEdits(edit -> edit.revision() <= start.revision());
    }

    private void dropEdits(Predicate<LoggedEntry> dropped) {
        editsByBlock.values().forEach(edits -> edits.removeIf(dropped));
        editsByBlock.values().removeIf(List::isEmpty);
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

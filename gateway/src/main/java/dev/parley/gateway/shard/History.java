package dev.parley.gateway.shard;

import dev.parley.conversation.Effect;
import dev.parley.conversation.Position;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The recent entries of a conversation, up to head, and an index of those that a submission has to be moved past. Owned by
 * the conversation's shard. What it has let go is read from the store.
 */
final class History {
    /** A tail this long serves all but clients that were away; it is cut when it has grown to twice this. */
    private static final int ENTRIES_KEPT = 1_024;

    private static final long ENTRY_OVERHEAD_BYTES = 600;

    private final List<LoggedEntry> entries = new ArrayList<>();
    private final Map<String, List<LoggedEntry>> editsByBlock = new HashMap<>();
    private Chain start = Chain.START;
    private Chain head = Chain.START;
    private long weightBytes;

    /** Entries after this revision are here. */
    long start() {
        return start.revision();
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
                List<LoggedEntry> edits = editsByBlock.computeIfAbsent(effect.target(), block -> new ArrayList<>());
                if (edits.isEmpty() || edits.get(edits.size() - 1).revision() < entry.revision()) {
                    edits.add(entry);
                }
            }
        }
        if (entries.size() >= 2 * ENTRIES_KEPT) {
            cut(entries.size() - ENTRIES_KEPT);
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

    /** The entries after {@code revision} that edited or revealed one of these blocks, in order. */
    Iterable<LoggedEntry> editsSince(long revision, List<Effect> submission) {
        NavigableMap<Long, LoggedEntry> edits = new TreeMap<>();
        for (Effect effect : submission) {
            if (!movesEdits(effect)) {
                continue;
            }
            List<LoggedEntry> ofBlock = editsByBlock.getOrDefault(effect.target(), List.of());
            for (int i = ofBlock.size() - 1; i >= 0 && ofBlock.get(i).revision() > revision; i--) {
                edits.put(ofBlock.get(i).revision(), ofBlock.get(i));
            }
        }
        return edits.values();
    }

    /** Whether an entry after {@code revision} edited this block and matches. */
    boolean editedSince(long revision, String block, Predicate<LoggedEntry> matches) {
        return editsByBlock.getOrDefault(block, List.of()).stream()
                .anyMatch(edit -> edit.revision() > revision && matches.test(edit));
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
        editsByBlock.values().forEach(edits -> edits.removeIf(edit -> edit.revision() <= start.revision()));
        editsByBlock.values().removeIf(List::isEmpty);
    }

    private static boolean movesEdits(Effect effect) {
        return effect instanceof Effect.EditText || effect instanceof Effect.Reveal;
    }

    private static long weight(LoggedEntry entry) {
        return ENTRY_OVERHEAD_BYTES + 4L * entry.content().length;
    }
}

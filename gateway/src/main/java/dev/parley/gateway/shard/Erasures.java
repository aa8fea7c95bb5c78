package dev.parley.gateway.shard;

import dev.parley.conversation.Entry;
import dev.parley.conversation.Redaction;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.wire.EntryCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What redactions take out of a conversation's log: out of the history in memory at once, out of the store with the next
 * append. Owned by the conversation's shard.
 */
final class Erasures {
    private final History history;
    private final Map<Long, Erasure> unstored = new TreeMap<>();
    private int count;
    private int countStored;

    Erasures(History history) {
        this.history = history;
    }

    /** The entries that a redaction takes text from, as they are without it. */
    List<LoggedEntry> of(Redaction redaction, List<LoggedEntry> beforeHistory) {
        List<LoggedEntry> all = new ArrayList<>(beforeHistory);
        all.addAll(history.since(history.start()));
        List<LoggedEntry> inPlace = new ArrayList<>();
        for (LoggedEntry logged : all) {
            Entry redacted = redaction.redacted(logged.entry());
            if (!redacted.equals(logged.entry())) {
                inPlace.add(new LoggedEntry(redacted, EntryCodec.encode(redacted), logged.chain()));
            }
        }
        return inPlace;
    }

    /**
     * Puts entries in the place of those with their revisions. The text may stand in the snapshot alone; so that it goes from
     * there too, the redaction is put in its own place where there is nothing else.
     */
    void add(List<LoggedEntry> inPlace, LoggedEntry redaction) {
        history.forgetHashes();
        for (LoggedEntry entry : inPlace.isEmpty() ? List.of(redaction) : inPlace) {
            history.replace(entry);
            unstored.put(entry.revision(), new Erasure(entry.revision(), entry.content()));
        }
        count++;
    }

    /** How many there were since the conversation was loaded. */
    int count() {
        return count;
    }

    boolean hasUnstored() {
        return !unstored.isEmpty();
    }

    /** Those since the last call. */
    List<Erasure> takeUnstored() {
        List<Erasure> taken = List.copyOf(unstored.values());
        unstored.clear();
        return taken;
    }

    /** The store has all that was taken. */
    void stored() {
        if (unstored.isEmpty()) {
            countStored = count;
        }
    }

    /** Whether entries were replaced here and not yet in the store. */
    boolean isUnderWay() {
        return count > countStored;
    }
}

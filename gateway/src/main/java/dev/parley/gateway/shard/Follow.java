package dev.parley.gateway.shard;

import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OperationStore.Watch;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How a node follows what others append to one conversation. Owned by its shard.
 *
 * <p>A hint that the log grew beyond what is known here makes it read the entries since, by revision. A hint of anything else
 * is an old one, doubled or overtaken, or the log went back: so a moment later it looks whether what is known is still on
 * the log, once for all hints of that moment. While something undurable is in the way nothing is read, since the store's
 * compare decides. What does not continue what is known is loaded anew.
 */
final class Follow {
    private static final long LOOK_DELAY_MILLIS = 1_000;

    private final Owner owner;
    private final OperationStore store;
    private final TimedLoop loop;
    private final ConversationKey key;
    private final int entriesMax;
    private final Watch watch;
    private long hinted;
    private boolean reading;
    private boolean looking;
    private boolean closed;

    /** The shard. */
    interface Owner {
        /** Up to where the conversation is known here; null while it is loaded or something undurable is in the way. */
        @Nullable Chain known(ConversationKey key);

        /** Entries that continue what is known. */
        void followed(ConversationKey key, List<LoggedEntry> entries);

        void loadAnew(ConversationKey key);
    }

    /** Whoever is further behind than {@code entriesMax} is better off with a snapshot. */
    Follow(Owner owner, OperationStore store, TimedLoop loop, ConversationKey key, int entriesMax) {
        this.owner = owner;
        this.store = store;
        this.loop = loop;
        this.key = key;
        this.entriesMax = entriesMax;
        watch = store.watch(key, revision -> loop.execute(() -> heard(revision)));
    }

    /** Whether there can be others. */
    boolean isShared() {
        return watch != Watch.NONE;
    }

    void close() {
        closed = true;
        watch.close();
    }

    private void heard(long revision) {
        hinted = Math.max(hinted, revision);
        Chain known = owner.known(key);
        if (known != null && revision <= known.revision()) {
            lookLater();
        }
        goOn();
    }

    /** Nothing is in the way any more. */
    void goOn() {
        Chain known = closed || reading ? null : owner.known(key);
        if (known != null && hinted > known.revision()) {
            read(known);
        }
    }

    /** Looks a moment later whether what is known is on the log, and reads what is new there. */
    void lookLater() {
        if (!looking && !closed) {
            looking = true;
            loop.after(LOOK_DELAY_MILLIS, this::look);
        }
    }

    private void look() {
        looking = false;
        Chain known = closed || reading ? null : owner.known(key);
        if (known != null && known.revision() > 0) {
            read(known);
        }
    }

    private void read(Chain from) {
        long sought = hinted;
        hinted = 0;
        reading = true;
        read(store, key, from, entriesMax)
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    reading = false;
                    Chain known = owner.known(key);
                    if (closed) {
                        return;
                    }
                    if (failure != null) {
                        lookLater();
                    } else if (known == null || !known.equals(from)) {
                        hinted = Math.max(hinted, sought);
                    } else {
                        take(since(from, entries, entriesMax));
                    }
                    goOn();
                }));
    }

    private void take(@Nullable List<LoggedEntry> since) {
        if (since == null) {
            owner.loadAnew(key);
        } else if (!since.isEmpty()) {
            owner.followed(key, since);
        }
    }

    /** With the last entry that is known, to see that it is still there. */
    static CompletionStage<List<LoggedEntry>> read(
            OperationStore store, ConversationKey key, Chain from, int entriesMax) {
        return store.read(key, Math.max(0, from.revision() - 1), from.revision() + entriesMax);
    }

    /** What goes on from {@code from} in what was read, and null if it does not. */
    static @Nullable List<LoggedEntry> since(Chain from, List<LoggedEntry> entries, int entriesMax) {
        if (entries.isEmpty() || entries.size() > entriesMax) {
            return null;
        }
        long revision = Math.max(1, from.revision());
        if (from.revision() > 0 && !entries.get(0).chain().equals(from)) {
            return null;
        }
        for (LoggedEntry entry : entries) {
            if (entry.revision() != revision++) {
                return null;
            }
        }
        return List.copyOf(entries.subList(from.revision() == 0 ? 0 : 1, entries.size()));
    }
}

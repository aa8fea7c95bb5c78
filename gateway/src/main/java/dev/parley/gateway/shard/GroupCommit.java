package dev.parley.gateway.shard;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a shard decided to the store. At the end of the loop's turn all of it goes as one batch; one batch is with the
 * store at a time, and what is decided meanwhile goes with the next. Owned by its shard.
 */
final class GroupCommit {
    private final TimedLoop loop;
    private final OperationStore store;
    private final InstantSource clock;
    private final Owner owner;
    private Set<LoadedConversation> undurable = new LinkedHashSet<>();
    private boolean scheduled;
    private boolean inFlight;
    private long undurableBytes;
    private long lastMillis;

    /** The shard: it is told of each conversation of a batch, in the batch's order. */
    interface Owner {
        void stored(LoadedConversation loaded, Append append);

        /** Another node was first. */
        void lost(LoadedConversation loaded, Append append);

        /** It may have been stored all the same. */
        void failed(LoadedConversation loaded, Append append, @Nullable Throwable failure);
    }

    GroupCommit(TimedLoop loop, OperationStore store, InstantSource clock, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.clock = clock;
        this.owner = owner;
    }

    /** Of entries that were decided and are not stored yet. */
    long undurableBytes() {
        return undurableBytes;
    }

    /** How long the store took for the last batch. */
    long lastMillis() {
        return lastMillis;
    }

    void add(LoadedConversation loaded, LoggedEntry decided) {
        undurableBytes += decided.content().length;
        add(loaded);
    }

    /** What the conversation has that is not stored goes with the next batch; while it rests it does not. */
    void add(LoadedConversation loaded) {
        if (loaded.isResting()) {
            return;
        }
        undurable.add(loaded);
        if (!scheduled && !inFlight) {
            scheduled = true;
            loop.execute(this::commit);
        }
    }

    /** What it has waits until it is added again. */
    void leaveOut(LoadedConversation loaded) {
        undurable.remove(loaded);
    }

    /** What it has is not stored at all. */
    void drop(LoadedConversation loaded) {
        if (undurable.remove(loaded)) {
            forget(loaded.conversation().takeAppend());
        }
    }

    private void commit() {
        assert loop.isCurrent();
        scheduled = false;
        if (inFlight || undurable.isEmpty()) {
            return;
        }
        List<LoadedConversation> batch = List.copyOf(undurable);
        undurable = new LinkedHashSet<>();
        List<Append> appends = new ArrayList<>(batch.size());
        for (LoadedConversation loaded : batch) {
            appends.add(loaded.conversation().takeAppend());
            loaded.enterBatch();
        }
        inFlight = true;
        long sinceMillis = clock.millis();
        store.append(appends)
                .whenComplete((results, failure) -> loop.execute(() -> {
                    lastMillis = clock.millis() - sinceMillis;
                    committed(batch, appends, results, failure);
                }));
    }

    private void committed(
            List<LoadedConversation> batch,
            List<Append> appends,
            @Nullable List<AppendResult> results,
            @Nullable Throwable failure) {
        inFlight = false;
        for (int i = 0; i < batch.size(); i++) {
            LoadedConversation loaded = batch.get(i);
            Append append = appends.get(i);
            forget(append);
            if (!append.erasures().isEmpty()) {
                store.purgeErased();
            }
            if (results == null) {
                owner.failed(loaded, append, failure);
            } else if (results.get(i) == AppendResult.CONFLICT) {
                owner.lost(loaded, append);
            } else {
                owner.stored(loaded, append);
            }
        }
        commit();
    }

    private void forget(Append append) {
        for (LoggedEntry entry : append.entries()) {
            undurableBytes -= entry.content().length;
        }
    }
}

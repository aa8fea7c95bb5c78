package dev.parley.gateway.shard;

import dev.parley.conversation.ConversationSummary;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One list of the inbox: who watches it, and what changed since they were told. What is older than what they were told is
 * left out, in whichever order nodes tell it. Guarded by itself.
 */
final class WatchedList {
    /** So many conversations, the last ones to change, are guarded against late messages. */
    private static final int TOLD_MAX = 10_000;

    private final Group all = new Group();
    private final Group here = new Group();
    private final Map<String, Long> told = new LinkedHashMap<>();

    /** Who is told of the same changes. */
    private static final class Group {
        private final Set<Subscriber> watchers = new HashSet<>();
        private Map<String, ConversationSummary> changed = new LinkedHashMap<>();

        private void changed(ConversationSummary summary) {
            if (!watchers.isEmpty()) {
                changed.merge(
                        summary.conversation(),
                        summary,
                        (before, after) -> after.revision() > before.revision() ? after : before);
            }
        }

        private void tell() {
            if (changed.isEmpty()) {
                return;
            }
            Delivery rows = new Delivery.InboxRows(List.copyOf(changed.values()));
            changed = new LinkedHashMap<>();
            watchers.forEach(watcher -> watcher.loop().execute(() -> watcher.deliver(rows)));
        }
    }

    synchronized void watch(Subscriber subscriber) {
        all.watchers.add(subscriber);
    }

    /** Tells of this node's changes alone. */
    synchronized void watchHere(Subscriber subscriber) {
        here.watchers.add(subscriber);
    }

    synchronized void leave(Subscriber subscriber) {
        all.watchers.remove(subscriber);
        here.watchers.remove(subscriber);
    }

    /** Whether somebody wants to know what other nodes change. */
    synchronized boolean isWatched() {
        return !all.watchers.isEmpty();
    }

    synchronized void changedHere(ConversationSummary summary) {
        here.changed(summary);
        changed(summary);
    }

    synchronized void changed(ConversationSummary summary) {
        if (all.watchers.isEmpty()) {
            told.clear();
            return;
        }
        Long before = told.remove(summary.conversation());
        if (before != null && before >= summary.revision()) {
            told.put(summary.conversation(), before);
            return;
        }
        told.put(summary.conversation(), summary.revision());
        if (told.size() > TOLD_MAX) {
            told.remove(told.keySet().iterator().next());
        }
        all.changed(summary);
    }

    /** Watchers are told what changed since the last call. */
    synchronized void tell() {
        all.tell();
        here.tell();
    }
}

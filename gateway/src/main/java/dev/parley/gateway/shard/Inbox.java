package dev.parley.gateway.shard;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.OperationStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The agents' lists of conversations, one for each kind: a latest value per conversation, told to those who watch without
 * their opening it. Changes are gathered and told on {@link #tell}, so that a busy conversation costs a watcher one row a
 * beat. For any thread; a list is guarded by itself.
 */
public final class Inbox {
    private static final byte[] NO_CURSOR = {};

    private final OperationStore store;
    private final Map<ListName, Watched> lists = new ConcurrentHashMap<>();

    private record ListName(String tenant, String kind) {}

    private static final class Watched {
        private final Set<Subscriber> watchers = new HashSet<>();
        private Map<String, ConversationSummary> changed = new LinkedHashMap<>();
    }

    public Inbox(OperationStore store) {
        this.store = store;
    }

    /** Delivers a page now and every change from now on. A change may come before the page; its revision is larger then. */
    public void watch(Subscriber subscriber, String kind, byte[] after, int limit) {
        String tenant = subscriber.principal().tenant();
        Watched watched = lists.computeIfAbsent(new ListName(tenant, kind), name -> new Watched());
        synchronized (watched) {
            watched.watchers.add(subscriber);
        }
        store.inbox(tenant, kind, after, limit).whenComplete((page, failure) -> {
            Delivery rows = failure == null
                    ? new Delivery.InboxRows(kind, page.rows(), page.next())
                    : new Delivery.InboxRows(kind, List.of(), NO_CURSOR);
            subscriber.loop().execute(() -> subscriber.deliver(rows));
        });
    }

    public void leave(Subscriber subscriber) {
        for (String kind : ConversationSummary.KINDS) {
            Watched watched = lists.get(new ListName(subscriber.principal().tenant(), kind));
            if (watched != null) {
                synchronized (watched) {
                    watched.watchers.remove(subscriber);
                }
            }
        }
    }

    void changed(String tenant, ConversationSummary summary) {
        Watched watched = lists.get(new ListName(tenant, summary.kind()));
        if (watched == null) {
            return;
        }
        synchronized (watched) {
            if (!watched.watchers.isEmpty()) {
                watched.changed.merge(
                        summary.conversation(),
                        summary,
                        (before, after) -> after.revision() > before.revision() ? after : before);
            }
        }
    }

    /** Tells watchers what changed since the last call. */
    public void tell() {
        lists.values().forEach(watched -> {
            Delivery rows;
            List<Subscriber> watchers;
            synchronized (watched) {
                if (watched.changed.isEmpty()) {
                    return;
                }
                rows = new Delivery.InboxRows(List.copyOf(watched.changed.values()));
                watched.changed = new LinkedHashMap<>();
                watchers = new ArrayList<>(watched.watchers);
            }
            watchers.forEach(watcher -> watcher.loop().execute(() -> watcher.deliver(rows)));
        });
    }
}

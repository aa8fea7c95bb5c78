package dev.parley.gateway.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.gateway.store.OperationStore;
import dev.parley.wire.SummaryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.InboxChanges;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agents' lists of conversations, one for each kind: a latest value per conversation, told to those who watch without
 * their opening it. Changes are gathered and told on {@link #tell}, to watchers and to other nodes, so that a busy
 * conversation costs a watcher one row a beat. What another node said and was lost is read from the store after a while.
 * For any thread.
 */
public final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private static final byte[] NO_CURSOR = {};
    private static final int ROWS_PER_MESSAGE_MAX = 100;
    private static final int TELLS_PER_POLL = 300;
    private static final int POLLED_ROWS = 200;

    private final OperationStore store;
    private final @Nullable Ephemeral ephemeral;
    private final Map<ListName, Watched> lists = new ConcurrentHashMap<>();
    private final Map<String, Map<String, ConversationSummary>> untold = new HashMap<>();

    private record ListName(String tenant, String kind) {}

    /** A list, and the subscription to what other nodes say of it. Guarded by itself. */
    private static final class Watched {
        private final WatchedList list = new WatchedList();
        private Ephemeral.@Nullable Subscription others;
        private int tells;
    }

    /** Of the only node. */
    public Inbox(OperationStore store) {
        this(store, null);
    }

    public Inbox(OperationStore store, @Nullable Ephemeral ephemeral) {
        this.store = store;
        this.ephemeral = ephemeral;
    }

    /** Delivers a page now and every change from now on. A change may come before the page; its revision is larger then. */
    public void watch(Subscriber subscriber, String kind, byte[] after, int limit) {
        ListName name = new ListName(subscriber.principal().tenant(), kind);
        Watched watched = list(name);
        synchronized (watched) {
            watched.list.watch(subscriber);
            if (watched.others == null && ephemeral != null) {
                watched.others =
                        ephemeral.subscribe(channel(name.tenant), message -> heard(watched.list, kind, message));
            }
        }
        deliverPage(subscriber, name, after, limit);
    }

    /** The same, but of changes only those that this node makes. */
    public void watchHere(Subscriber subscriber, String kind, byte[] after, int limit) {
        ListName name = new ListName(subscriber.principal().tenant(), kind);
        list(name).list.watchHere(subscriber);
        deliverPage(subscriber, name, after, limit);
    }

    private Watched list(ListName name) {
        return lists.computeIfAbsent(name, key -> new Watched());
    }

    private void deliverPage(Subscriber subscriber, ListName name, byte[] after, int limit) {
        store.inbox(name.tenant, name.kind, after, limit).whenComplete((page, failure) -> {
            Delivery rows = failure == null
                    ? new Delivery.InboxRows(name.kind, page.rows(), page.next())
                    : new Delivery.InboxRows(name.kind, List.of(), NO_CURSOR);
            subscriber.loop().execute(() -> subscriber.deliver(rows));
        });
    }

    public void leave(Subscriber subscriber) {
        for (String kind : ConversationSummary.KINDS) {
            Watched watched = lists.get(new ListName(subscriber.principal().tenant(), kind));
            if (watched != null) {
                synchronized (watched) {
                    watched.list.leave(subscriber);
                    if (watched.others != null && !watched.list.isWatched()) {
                        watched.others.close();
                        watched.others = null;
                    }
                }
            }
        }
    }

    /** By this node. */
    void changed(String tenant, ConversationSummary summary) {
        Watched watched = lists.get(new ListName(tenant, summary.kind()));
        if (watched != null) {
            watched.list.changedHere(summary);
        }
        if (ephemeral != null) {
            synchronized (untold) {
                untold.computeIfAbsent(tenant, name -> new LinkedHashMap<>())
                        .merge(
                                summary.conversation(),
                                summary,
                                (before, after) -> after.revision() > before.revision() ? after : before);
            }
        }
    }

    private static void heard(WatchedList list, String kind, byte[] message) {
        try {
            for (dev.parley.wire.v1.ConversationSummary row :
                    InboxChanges.parseFrom(message).getRowsList()) {
                if (row.getKind().equals(kind)) {
                    list.changed(SummaryCodec.decode(row));
                }
            }
        } catch (InvalidProtocolBufferException | WireException e) {
            LOG.warn("another node said what cannot be read: {}", e.getMessage());
        }
    }

    /** Tells watchers and other nodes what changed since the last call. */
    public void tell() {
        lists.forEach((name, watched) -> {
            watched.list.tell();
            if (ephemeral != null && isPollDue(watched)) {
                poll(name, watched.list);
            }
        });
        if (ephemeral != null) {
            tellOthers(ephemeral);
        }
    }

    private static boolean isPollDue(Watched watched) {
        synchronized (watched) {
            return watched.list.isWatched() && ++watched.tells % TELLS_PER_POLL == 0;
        }
    }

    /** The first page has what changed last. */
    private void poll(ListName name, WatchedList list) {
        store.inbox(name.tenant, name.kind, NO_CURSOR, POLLED_ROWS).whenComplete((page, failure) -> {
            if (failure == null) {
                page.rows().forEach(list::changed);
            }
        });
    }

    private void tellOthers(Ephemeral others) {
        Map<String, Map<String, ConversationSummary>> taken;
        synchronized (untold) {
            taken = Map.copyOf(untold);
            untold.clear();
        }
        taken.forEach((tenant, changed) -> {
            if (!others.mayBeHeard(channel(tenant))) {
                return;
            }
            InboxChanges.Builder message = InboxChanges.newBuilder();
            for (ConversationSummary summary : changed.values()) {
                message.addRows(SummaryCodec.encode(summary));
                if (message.getRowsCount() == ROWS_PER_MESSAGE_MAX) {
                    others.publish(channel(tenant), message.build().toByteArray());
                    message.clear();
                }
            }
            if (message.getRowsCount() > 0) {
                others.publish(channel(tenant), message.build().toByteArray());
            }
        });
    }

    private static String channel(String tenant) {
        return "inbox/" + tenant;
    }
}

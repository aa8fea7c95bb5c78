package dev.parley.gateway.shard;

import dev.parley.conversation.View;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who listens to a conversation, and how far each side has received. Owned by the conversation's shard; it outlives the
 * loaded conversation, which may be evicted while people listen.
 */
final class Audience {
    private final ConversationKey key;
    private final int handle;
    private final Map<Subscriber, String> publicSubscribers = new LinkedHashMap<>();
    private final Map<Subscriber, String> staffSubscribers = new LinkedHashMap<>();
    private Chain told = Chain.START;
    private long publicFrom;
    private long staffFrom;
    private int awaited;
    private long visitorToStaff;
    private long staffToVisitor;

    Audience(ConversationKey key, int handle) {
        this.key = key;
        this.handle = handle;
    }

    ConversationKey key() {
        return key;
    }

    /** Names the conversation in frames. */
    int handle() {
        return handle;
    }

    /** Nobody listens, and nobody is about to. */
    boolean isDeserted() {
        return awaited == 0 && publicSubscribers.isEmpty() && staffSubscribers.isEmpty();
    }

    /** Somebody will {@link #join} when what was decided before is durable. */
    void await() {
        awaited++;
    }

    void awaitedCame() {
        awaited--;
    }

    /** Everything up to here was published, or was there when somebody joined. */
    Chain told() {
        return told;
    }

    /** The subscriber, which knows the conversation by {@code name}, has everything up to {@code head}. */
    void join(Subscriber subscriber, String name, Chain head) {
        long revision = head.revision();
        told = revision > told.revision() ? head : told;
        Map<Subscriber, String> same = of(view(subscriber));
        if (same.isEmpty()) {
            if (view(subscriber) == View.PUBLIC) {
                publicFrom = revision;
            } else {
                staffFrom = revision;
            }
        }
        same.put(subscriber, name);
    }

    /** The log is another one than was told: everybody begins anew at {@code head}. Returns who, and their names for it. */
    Map<Subscriber, String> beginAnew(Chain head) {
        told = head;
        publicFrom = head.revision();
        staffFrom = head.revision();
        visitorToStaff = 0;
        staffToVisitor = 0;
        Map<Subscriber, String> all = new LinkedHashMap<>(publicSubscribers);
        all.putAll(staffSubscribers);
        return all;
    }

    void leave(Subscriber subscriber) {
        publicSubscribers.remove(subscriber);
        staffSubscribers.remove(subscriber);
    }

    /** The visitors' connections of anybody but {@code visitor}: the conversation is no longer theirs. */
    List<Subscriber> strangers(String visitor) {
        return publicSubscribers.keySet().stream()
                .filter(subscriber -> !subscriber.principal().subject().equals(visitor))
                .toList();
    }

    /** Hands durable entries to everybody who may see something of them. */
    void publish(List<LoggedEntry> entries) {
        LoggedEntry last = entries.get(entries.size() - 1);
        told = last.chain();
        if (!staffSubscribers.isEmpty()) {
            deliver(staffSubscribers, new Published(handle, View.STAFF, staffFrom, last.position(), entries));
            staffFrom = last.revision();
        }
        if (!publicSubscribers.isEmpty()) {
            List<LoggedEntry> visible = new ArrayList<>();
            for (LoggedEntry entry : entries) {
                if (entry.entry().isSeenBy(View.PUBLIC)) {
                    visible.add(entry);
                }
            }
            if (!visible.isEmpty()) {
                deliver(
                        publicSubscribers,
                        new Published(handle, View.PUBLIC, publicFrom, last.position(), List.copyOf(visible)));
                publicFrom = last.revision();
            }
        }
    }

    /** The subscriber's replica has everything up to {@code revision}: tells the other side if that is news to it. */
    void acknowledged(Subscriber subscriber, long revision, DeliveryMarks marks) {
        if (view(subscriber) == View.STAFF) {
            long received = marks.lastByVisitor(revision);
            if (received > visitorToStaff) {
                visitorToStaff = received;
                deliver(publicSubscribers, delivered());
            }
        } else {
            long received = marks.lastByStaff(revision);
            if (received > staffToVisitor) {
                staffToVisitor = received;
                deliver(staffSubscribers, delivered());
            }
        }
    }

    Delivery.Delivered delivered() {
        return new Delivery.Delivered(handle, visitorToStaff, staffToVisitor);
    }

    /** One task per loop, however many subscribers live there. */
    private static void deliver(Map<Subscriber, String> subscribers, Delivery delivery) {
        if (subscribers.isEmpty()) {
            return;
        }
        List<Subscriber> all = List.copyOf(subscribers.keySet());
        if (isOfOneLoop(all)) {
            deliver(all.get(0).loop(), all, delivery);
            return;
        }
        Map<Loop, List<Subscriber>> byLoop = new HashMap<>();
        for (Subscriber subscriber : all) {
            byLoop.computeIfAbsent(subscriber.loop(), loop -> new ArrayList<>()).add(subscriber);
        }
        byLoop.forEach((loop, there) -> deliver(loop, there, delivery));
    }

    private static boolean isOfOneLoop(List<Subscriber> all) {
        Loop first = all.get(0).loop();
        for (Subscriber subscriber : all) {
            if (subscriber.loop() != first) {
                return false;
            }
        }
        return true;
    }

    private static void deliver(Loop loop, List<Subscriber> there, Delivery delivery) {
        loop.execute(() -> {
            for (Subscriber subscriber : there) {
                subscriber.deliver(delivery);
            }
        });
    }

    private Map<Subscriber, String> of(View view) {
        return view == View.PUBLIC ? publicSubscribers : staffSubscribers;
    }

    private static View view(Subscriber subscriber) {
        return subscriber.principal().role().view();
    }
}

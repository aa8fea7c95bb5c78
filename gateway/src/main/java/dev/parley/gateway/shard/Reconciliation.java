package dev.parley.gateway.shard;

import dev.parley.conversation.Author;
import dev.parley.conversation.Position;
import dev.parley.conversation.View;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.StoredConversation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what the store has of a conversation that was loaded anew against what its node knew of it, and told. Owned by its
 * shard.
 *
 * <p>Mostly the log went on, and whoever listens is told what they missed. One that went back, as after a failover, is
 * offered again what it lost, where it goes on exactly from there and nobody was told more ({@link Reoffer}). One that is
 * another than was known is told loudly: everybody who listens begins anew.
 */
final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    /** Of so many conversations that wait to be loaded again it is remembered what the store had. */
    private static final int KNOWN_MAX = 1_000;

    private final Audiences audiences;
    private final ShardCounters counters;
    private final Map<ConversationKey, Reoffer> known = new LinkedHashMap<>();

    Reconciliation(Audiences audiences, ShardCounters counters) {
        this.audiences = audiences;
        this.counters = counters;
    }

    /** What the store had of a conversation, until it is loaded again, in case that it has less by then. */
    void remember(ConversationKey key, Reoffer had) {
        known.merge(
                key, had, (before, now) -> now.head().revision() < before.head().revision() ? before : now);
        if (known.size() > KNOWN_MAX) {
            known.remove(known.keySet().iterator().next());
        }
    }

    /** What others appended to a conversation that is not in memory. */
    void followed(ConversationKey key, List<LoggedEntry> entries) {
        known.computeIfPresent(key, (same, had) -> had.and(entries));
        audiences.publishMissed(key, entries);
    }

    /** The store has all of it. */
    void stored(ConversationKey key) {
        known.remove(key);
    }

    /** The part of the log that the snapshot holds and the audience may not have been told, with the last that it was. */
    @Nullable Range untold(ConversationKey key, StoredConversation stored) {
        Chain told = audiences.told(key);
        long start = stored.start().revision();
        return told == null || told.revision() == 0 || told.revision() >= start
                ? null
                : new Range(told.revision() - 1, start);
    }

    /**
     * Tells the audience what it has to know now. {@code read} is what there is of {@link #untold}. Returns what the store
     * has to be offered again, which the conversation has from here on.
     */
    List<LoggedEntry> reconcile(
            ConversationKey key, Conversation conversation, StoredConversation stored, List<LoggedEntry> read) {
        Reoffer had = known.get(key);
        Audience audience = audiences.of(key);
        List<LoggedEntry> lost = had == null ? null : lost(had, audience, stored.end());
        if (had != null && lost != null) {
            reoffer(conversation, lost, had);
            return lost;
        }
        known.remove(key);
        boolean isKnown = had == null || had.head().revision() < stored.start().revision() || stored.holds(had.head());
        List<LoggedEntry> missed = audience == null ? List.of() : whole(read, audience.told(), stored.start());
        if (isKnown && (audience == null || isTold(audience.told(), stored, missed))) {
            audiences.publishMissed(key, missed);
            audiences.publishMissed(key, stored.entries());
        } else {
            resynchronise(key, conversation, audience);
        }
        return List.of();
    }

    /** The entries that the log lost, where it can have them back; else null. */
    private static @Nullable List<LoggedEntry> lost(Reoffer had, @Nullable Audience audience, Chain end) {
        boolean isAllTold =
                audience == null || audience.told().revision() <= had.head().revision();
        return isAllTold && end.revision() < had.head().revision() ? had.after(end) : null;
    }

    /** Where the log does not reach back so far, nobody can be told what was missed. */
    private static List<LoggedEntry> whole(List<LoggedEntry> read, Chain told, Chain start) {
        return read.size() == start.revision() - told.revision() + 1 ? read : List.of();
    }

    private static boolean isTold(Chain told, StoredConversation stored, List<LoggedEntry> missed) {
        if (told.revision() == 0) {
            return true;
        }
        return told.revision() < stored.start().revision()
                ? !missed.isEmpty() && missed.get(0).chain().equals(told)
                : stored.holds(told);
    }

    /** The log went back, and goes on exactly where this node does: it gets again what it had, in the ordinary way. */
    private void reoffer(Conversation conversation, List<LoggedEntry> lost, Reoffer had) {
        LOG.warn("the log went back to {}: it is offered the entries up to {} again", conversation.end(), had.head());
        counters.reoffered.add(lost.size());
        conversation.reoffer(lost, had.rows());
    }

    /** The log is another one than was told: everybody who listens begins anew, as one who comes with a foreign position. */
    private void resynchronise(ConversationKey key, Conversation conversation, @Nullable Audience audience) {
        LOG.warn("the log of {} is another one than was known: it is at {}", key, conversation.end());
        counters.resynchronised.increment();
        if (audience == null) {
            return;
        }
        audience.beginAnew(conversation.end()).forEach((subscriber, name) -> {
            Author author = subscriber.principal().author();
            if (!conversation.mayOpen(author)) {
                audience.leave(subscriber);
                subscriber.loop().execute(() -> subscriber.deliver(new Delivery.Ended(key)));
                return;
            }
            View view = author.role().view();
            Delivery opened = new Delivery.Opened(
                    audience.handle(),
                    key,
                    name,
                    view,
                    conversation.resumption().catchUp(audience.handle(), Position.START, false, view, List.of()),
                    // Which of what it has under way is in these blocks.
                    conversation.answers(author.subject()),
                    audience.delivered(),
                    false);
            subscriber.loop().execute(() -> subscriber.deliver(opened));
        });
        audiences.forgetIfDeserted(audience);
    }
}

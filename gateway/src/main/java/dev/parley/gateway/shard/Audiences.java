package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.gateway.shard.Shard.Visitors;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Who listens to the conversations of a shard. Owned by it. */
final class Audiences {
    private static final String LINK = Operation.Link.class.getSimpleName();

    private final IntSupplier handles;
    private final Visitors visitors;
    private final Consumer<ConversationKey> deserted;
    private final Map<ConversationKey, Audience> all = new HashMap<>();

    /** {@code deserted} is told of a conversation to which nobody listens any more. */
    Audiences(IntSupplier handles, Visitors visitors, Consumer<ConversationKey> deserted) {
        this.handles = handles;
        this.visitors = visitors;
        this.deserted = deserted;
    }

    @Nullable Audience of(ConversationKey key) {
        return all.get(key);
    }

    Audience begin(ConversationKey key) {
        return all.computeIfAbsent(key, absent -> new Audience(absent, handles.getAsInt()));
    }

    /** Up to where whoever listens was told the log; null if nobody does. */
    @Nullable Chain told(ConversationKey key) {
        Audience audience = all.get(key);
        return audience == null ? null : audience.told();
    }

    void leave(ConversationKey key, Subscriber subscriber) {
        Audience audience = all.get(key);
        if (audience != null) {
            audience.leave(subscriber);
            forgetIfDeserted(audience);
        }
    }

    void forgetIfDeserted(Audience audience) {
        if (audience.isDeserted()) {
            all.remove(audience.key(), audience);
            deserted.accept(audience.key());
        }
    }

    void publish(ConversationKey key, List<LoggedEntry> entries) {
        Audience audience = all.get(key);
        if (audience != null) {
            audience.publish(entries);
        }
    }

    /** What the log has and the audience was not told: appended elsewhere, or by a batch whose answer was lost. */
    void publishMissed(ConversationKey key, List<LoggedEntry> entries) {
        Audience audience = all.get(key);
        if (audience == null) {
            return;
        }
        List<LoggedEntry> missed = entries.stream()
                .filter(entry -> entry.revision() > audience.told().revision())
                .toList();
        if (!missed.isEmpty()) {
            audience.publish(missed);
            missed.forEach(entry -> endFormerVisitors(audience, entry.entry()));
            forgetIfDeserted(audience);
        }
    }

    /** After an entry was logged here: where it is a link, the conversation is another visitor's now. */
    void linked(ConversationKey key, Entry entry) {
        if (!entry.command().equals(LINK)) {
            return;
        }
        Audience audience = all.get(key);
        if (audience != null) {
            endFormerVisitors(audience, entry);
        }
        for (Effect effect : entry.effects()) {
            if (effect instanceof Effect.Set set && set.key().equals(Attributes.VISITOR)) {
                visitors.gained(key, set.value());
            }
        }
    }

    /** The former one hears nothing more of it. */
    private static void endFormerVisitors(Audience audience, Entry entry) {
        if (!entry.command().equals(LINK)) {
            return;
        }
        for (Effect effect : entry.effects()) {
            if (effect instanceof Effect.Set set && set.key().equals(Attributes.VISITOR)) {
                for (Subscriber former : audience.strangers(set.value())) {
                    audience.leave(former);
                    former.loop().execute(() -> former.deliver(new Delivery.Ended(audience.key())));
                }
            }
        }
    }
}

package dev.parley.gateway.store.redis;

import dev.parley.conversation.Position;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest used of the heads that this node read or is writing. Each was true or will be, if what is on its way arrives and
 * is the first at its place: Redis compares it all the same. For any thread.
 */
final class KnownHeads {
    private final Map<ConversationKey, KnownHead> recent;

    KnownHeads(int max) {
        recent = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ConversationKey, KnownHead> eldest) {
                return size() > max;
            }
        };
    }

    /** The head if it is at this position. */
    synchronized @Nullable KnownHead at(ConversationKey key, Position position) {
        KnownHead head = recent.get(key);
        return head != null && head.chain().position().equals(position) ? head : null;
    }

    synchronized void put(ConversationKey key, KnownHead head) {
        recent.put(key, head);
    }

    /** What was read of the log of a conversation that was written to here: where it ends, and its snapshot. */
    synchronized void followed(ConversationKey key, Chain end, long snapshot) {
        recent.computeIfPresent(key, (same, known) -> {
            // An answer that comes late has the snapshot before.
            long latest = known.chain().equals(end) ? Math.max(known.snapshot(), snapshot) : snapshot;
            return new KnownHead(end, latest, known.visitor());
        });
    }

    synchronized void forget(ConversationKey key) {
        recent.remove(key);
    }
}

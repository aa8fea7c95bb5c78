package dev.parley.gateway.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversations found damaged since the start; used by all threads of the store. One stays here until the next start
 * even if it reads well again, because a disk that answers now this way, now that is not to be trusted.
 */
public final class Quarantine {
    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);

    private final Map<ConversationKey, DamagedLogException> damaged = new ConcurrentHashMap<>();

    public void add(ConversationKey key, DamagedLogException damage) {
        if (damaged.putIfAbsent(key, damage) == null) {
            log.error("quarantined: {}", damage.getMessage());
        }
    }

    public boolean holds(ConversationKey key) {
        return damaged.containsKey(key);
    }

    /** Throws what was found if the conversation is here. */
    public void check(ConversationKey key) {
        DamagedLogException damage = damaged.get(key);
        if (damage != null) {
            throw damage;
        }
    }

    public int size() {
        return damaged.size();
    }
}

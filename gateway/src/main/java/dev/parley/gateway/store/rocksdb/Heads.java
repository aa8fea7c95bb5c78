package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.wire.WireException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The heads of all conversations as they will be after the commit in the making; owned by the committer's thread. Those of
 * the commit are held until it is written, of the others the latest used.
 */
final class Heads {
    private final RocksDatabase database;
    private Map<ConversationKey, Head> uncommitted = new HashMap<>();
    private final Map<ConversationKey, Head> recent;

    Heads(RocksDatabase database, int headsCachedMax) {
        this.database = database;
        this.recent = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ConversationKey, Head> eldest) {
                return size() > headsCachedMax;
            }
        };
    }

    Head of(ConversationKey key, byte[] conversation) throws RocksDBException, WireException {
        @Nullable Head head = uncommitted.get(key);
        if (head == null) {
            head = recent.get(key);
        }
        if (head == null) {
            byte[] value = database.rocks.get(database.heads, conversation);
            head = value == null ? Head.START : HeadCodec.decode(value);
            recent.put(key, head);
        }
        return head;
    }

    void change(Map<ConversationKey, Head> heads) {
        uncommitted.putAll(heads);
    }

    void committed() {
        recent.putAll(uncommitted);
        // Clearing one that was large takes as long for each small commit after it.
        uncommitted = new HashMap<>();
    }
}

package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Chain;
import org.jspecify.annotations.Nullable;

/**
 * Where a conversation's log ends, its summary, from which its rows in the indexes follow, where the log begins, and the
 * revision of its snapshot, 0 for none.
 */
record Head(Chain chain, @Nullable ConversationSummary summary, Chain horizon, long snapshot) {
    static final Head START = new Head(Chain.START, null, Chain.START, 0);
}

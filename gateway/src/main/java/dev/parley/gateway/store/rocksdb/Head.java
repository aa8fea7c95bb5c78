package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Chain;
import org.jspecify.annotations.Nullable;

/** Where a conversation's log ends, and its summary, from which its rows in the indexes follow. */
record Head(Chain chain, @Nullable ConversationSummary summary) {
    static final Head START = new Head(Chain.START, null);
}

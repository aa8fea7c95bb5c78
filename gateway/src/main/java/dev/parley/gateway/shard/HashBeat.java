package dev.parley.gateway.shard;

import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Entry;
import dev.parley.conversation.StateHash;
import dev.parley.conversation.StateHashes;
import dev.parley.conversation.View;
import java.util.OptionalLong;

/**
 * Says when replicas are told the hash of what they should show: with every so manieth entry that their view sees. Owned by
 * a conversation's shard.
 */
final class HashBeat {
    private static final int ENTRIES_PER_HASH = 64;

    private final int blocks;
    private int publicEntries;
    private int staffEntries;

    /** {@code blocks}: how many of the latest every replica has. */
    HashBeat(int blocks) {
        this.blocks = blocks;
    }

    /** {@code state} is that after the entry. */
    StateHashes after(Entry entry, ConversationState state) {
        staffEntries++;
        boolean isPublic = entry.effects().stream().anyMatch(effect -> effect.audience() == View.PUBLIC);
        if (isPublic) {
            publicEntries++;
        }
        OptionalLong forStaff = hash(staffEntries, state, View.STAFF);
        OptionalLong forPublic = isPublic ? hash(publicEntries, state, View.PUBLIC) : OptionalLong.empty();
        return forStaff.isEmpty() && forPublic.isEmpty() ? StateHashes.NONE : new StateHashes(forPublic, forStaff);
    }

    private OptionalLong hash(int count, ConversationState state, View view) {
        return count % ENTRIES_PER_HASH == 0
                ? OptionalLong.of(StateHash.of(state, view, blocks))
                : OptionalLong.empty();
    }
}

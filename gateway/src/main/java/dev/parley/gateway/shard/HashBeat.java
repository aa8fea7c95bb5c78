package dev.parley.gateway.shard;

import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.StateHash;
import dev.parley.conversation.StateHashes;
import dev.parley.conversation.View;
import java.util.OptionalLong;

/**
 * Says when replicas are told the hash of what they should show: with the first entry that their view sees of every so many
 * revisions, however often the conversation was loaded meanwhile. Owned by a conversation's shard.
 */
final class HashBeat {
    private static final int REVISIONS_PER_HASH = 64;

    private final int blocks;
    private long publicRevision;

    /** {@code blocks}: how many of the latest every replica has. */
    HashBeat(int blocks) {
        this.blocks = blocks;
    }

    /** An entry that was there already. */
    void restore(Entry entry) {
        if (isPublic(entry)) {
            publicRevision = entry.revision();
        }
    }

    /** The revision of the last entry that the public saw. */
    long publicRevision() {
        return publicRevision;
    }

    /** The entries since {@link #publicRevision} was this are taken back. */
    void takeBack(long publicRevisionBefore) {
        publicRevision = publicRevisionBefore;
    }

    /** {@code state} is that after the entry. */
    StateHashes after(Entry entry, ConversationState state) {
        OptionalLong forStaff = hash(entry.revision() - 1, entry, state, View.STAFF);
        OptionalLong forPublic =
                isPublic(entry) ? hash(publicRevision, entry, state, View.PUBLIC) : OptionalLong.empty();
        restore(entry);
        return forStaff.isEmpty() && forPublic.isEmpty() ? StateHashes.NONE : new StateHashes(forPublic, forStaff);
    }

    private static boolean isPublic(Entry entry) {
        for (Effect effect : entry.effects()) {
            if (effect.audience() == View.PUBLIC) {
                return true;
            }
        }
        return false;
    }

    /** {@code before}: the revision of the last entry that the view saw, as far as it is known. */
    private OptionalLong hash(long before, Entry entry, ConversationState state, View view) {
        return before / REVISIONS_PER_HASH < entry.revision() / REVISIONS_PER_HASH
                ? OptionalLong.of(StateHash.of(state, view, blocks))
                : OptionalLong.empty();
    }
}

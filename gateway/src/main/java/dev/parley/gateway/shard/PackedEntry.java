package dev.parley.gateway.shard;

import dev.parley.conversation.StateHashes;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.WireException;

/** A logged entry that is kept and seldom looked at: of what it says only its bytes, a tenth of the objects. */
@SuppressWarnings("ArrayRecordComponent") // shared with the log, never compared or changed
record PackedEntry(byte[] content, Chain chain, StateHashes hashes) {

    static PackedEntry of(LoggedEntry entry) {
        return new PackedEntry(entry.content(), entry.chain(), entry.hashes());
    }

    LoggedEntry unpacked() {
        try {
            return new LoggedEntry(EntryCodec.decode(content), content, chain, hashes);
        } catch (WireException e) {
            throw new IllegalStateException("entry " + chain.revision() + " was readable when it was logged", e);
        }
    }
}

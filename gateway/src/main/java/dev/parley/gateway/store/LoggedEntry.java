package dev.parley.gateway.store;

import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.conversation.StateHashes;

/**
 * An entry as it stands in the log: {@code content} is its encoded form, which is stored and sent as it is, {@code chain}
 * the chain after it. Of an erased entry the content is what was put in its place, the chain as it was. {@code hashes} are of
 * the state after it, where they were computed; they are not stored.
 */
@SuppressWarnings("ArrayRecordComponent") // content is shared between log and sockets, never compared or changed
public record LoggedEntry(Entry entry, byte[] content, Chain chain, StateHashes hashes) {

    public LoggedEntry(Entry entry, byte[] content, Chain chain) {
        this(entry, content, chain, StateHashes.NONE);
    }

    public static LoggedEntry after(Chain before, Entry entry, byte[] content) {
        return new LoggedEntry(entry, content, before.next(Chain.digest(content)));
    }

    public LoggedEntry withHashes(StateHashes others) {
        return others.equals(hashes) ? this : new LoggedEntry(entry, content, chain, others);
    }

    public long revision() {
        return entry.revision();
    }

    public Position position() {
        return chain.position();
    }
}

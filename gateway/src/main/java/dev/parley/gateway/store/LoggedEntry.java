package dev.parley.gateway.store;

import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;

/**
 * An entry as it stands in the log: {@code content} is its encoded form, which is stored and sent as it is, {@code chain}
 * the chain after it.
 */
@SuppressWarnings("ArrayRecordComponent") // content is shared between log and sockets, never compared or changed
public record LoggedEntry(Entry entry, byte[] content, Chain chain) {

    public static LoggedEntry after(Chain before, Entry entry, byte[] content) {
        return new LoggedEntry(entry, content, before.next(Chain.digest(content)));
    }

    public long revision() {
        return entry.revision();
    }

    public Position position() {
        return chain.position();
    }
}

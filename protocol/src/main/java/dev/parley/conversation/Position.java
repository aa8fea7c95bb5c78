package dev.parley.conversation;

import java.util.HexFormat;

/**
 * A point in a conversation's log: the count of entries, and the head of the hash chain over them. Two logs that differ
 * never share a position, so a replica from another log (a restored backup, a lost tail) is recognised.
 */
public record Position(long revision, long head) {
    public static final Position START = new Position(0, 0);

    @Override
    public String toString() {
        return revision + "@" + HexFormat.of().toHexDigits(head);
    }
}

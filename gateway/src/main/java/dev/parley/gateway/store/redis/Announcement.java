package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Keys;
import dev.parley.wire.WireException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What the scripts say on a partition's channel: how many were said there before, where a log ends, how often it was written,
 * and by which node.
 */
@SuppressWarnings("ArrayRecordComponent") // a node's name, compared by hand
record Announcement(long count, long revision, long writes, byte[] node, ConversationKey key) {
    static final int NODE_BYTES = 8;

    private static final byte FORMAT = 1;

    static Announcement decode(byte[] message) throws WireException {
        int ids = 1 + 3 * Long.BYTES + NODE_BYTES;
        if (message.length < ids || message[0] != FORMAT) {
            throw new WireException("an announcement in a format that is unknown here");
        }
        ByteBuffer bytes = ByteBuffer.wrap(message, 1, ids - 1);
        long count = bytes.getLong();
        long revision = bytes.getLong();
        long writes = bytes.getLong();
        byte[] node = new byte[NODE_BYTES];
        bytes.get(node);
        List<String> names = Keys.ids(message, ids);
        if (names.size() != 2) {
            throw new WireException("an announcement of no conversation");
        }
        return new Announcement(count, revision, writes, node, new ConversationKey(names.get(0), names.get(1)));
    }

    boolean isOf(byte[] other) {
        return Arrays.equals(node, other);
    }
}

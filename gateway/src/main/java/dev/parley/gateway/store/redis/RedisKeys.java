package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Keys;
import dev.parley.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The keys of one conversation and of its partition. Each key has the partition as its hash tag, so that one script may use
 * all of them; which partition that is must never change.
 */
@SuppressWarnings("ArrayRecordComponent") // ids and keys, never compared or changed
record RedisKeys(int partition, byte[] ids) {
    static final int PARTITIONS = 1_024;

    private static final byte FORMAT = 2;

    static RedisKeys of(ConversationKey key) {
        byte[] ids = Keys.conversation(key);
        return new RedisKeys(partition(ids), ids);
    }

    byte[] head() {
        return key("head");
    }

    byte[] entries() {
        return key("entries");
    }

    byte[] outboxes() {
        return key("outboxes");
    }

    byte[] blocks() {
        return key("blocks");
    }

    private byte[] key(String what) {
        return Keys.joined(ofPartition(partition, what + ":"), ids);
    }

    /** The conversations of a partition that have entries, by their ids. */
    static byte[] logs(int partition) {
        return ofPartition(partition, "logs");
    }

    /** Conversations with a summary, as {@link Keys#inbox} sorts them. */
    static byte[] inbox(int partition) {
        return ofPartition(partition, "inbox");
    }

    /** All conversations that are or were a visitor's, of the visitors of this partition. */
    static byte[] visitors(String tenant, String visitor) {
        return ofPartition(partition(Keys.visitor(tenant, visitor)), "visitors");
    }

    /** Counts the announcements on the channel. */
    static byte[] feed(int partition) {
        return ofPartition(partition, "feed");
    }

    static byte[] channel(int partition) {
        return ofPartition(partition, "channel");
    }

    /** Of one of these keys. */
    static int partitionOf(byte[] key) {
        String text = new String(key, StandardCharsets.US_ASCII);
        return Integer.parseInt(text.substring(text.indexOf('{') + 1, text.indexOf('}')));
    }

    /** Written for nothing but to be waited for. */
    static byte[] barrier(int partition) {
        return ofPartition(partition, "barrier");
    }

    static byte[] revision(long revision) {
        return Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
    }

    /** A position as the scripts compare it: a format byte, the revision, the hash. */
    static byte[] position(Chain chain) {
        byte[] hash = chain.hash();
        return ByteBuffer.allocate(1 + Long.BYTES + hash.length)
                .put(FORMAT)
                .putLong(chain.revision())
                .put(hash)
                .array();
    }

    static Chain chain(byte[] position) throws WireException {
        if (position.length < 1 + Long.BYTES || position[0] != FORMAT) {
            throw new WireException("a position in a format that is unknown here");
        }
        ByteBuffer bytes = ByteBuffer.wrap(position, 1, position.length - 1);
        long revision = bytes.getLong();
        byte[] hash = new byte[bytes.remaining()];
        bytes.get(hash);
        try {
            return Chain.of(revision, hash);
        } catch (IllegalArgumentException e) {
            throw new WireException("not a chain", e);
        }
    }

    private static int partition(byte[] ids) {
        CRC32C hash = new CRC32C();
        hash.update(ids);
        return (int) (hash.getValue() % PARTITIONS);
    }

    private static byte[] ofPartition(int partition, String what) {
        return ("parley:{" + partition + "}:" + what).getBytes(StandardCharsets.US_ASCII);
    }
}

package dev.parley.gateway.store;

import dev.parley.conversation.ConversationSummary;
import dev.parley.ot.Text;
import dev.parley.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of all families. Each begins with the tenant.
 *
 * <p>An id is its UTF-8, a zero in it escaped, and a terminator that sorts before everything that may follow: so no two
 * lists of ids share a key, none is the beginning of another, and keys sort as their ids do by code point. Only the last id
 * of a key may stand as it is.
 */
public final class Keys {
    private static final byte ZERO = 0;
    private static final byte TERMINATOR = 1;
    private static final byte ESCAPED_ZERO = (byte) 0xFF;
    private static final long MILLIS_PER_INBOX_PLACE = 1_000;

    private Keys() {}

    /** Before all keys. */
    public static byte[] first() {
        return new byte[0];
    }

    /** After all keys: no id has this byte. */
    public static byte[] afterAll() {
        return new byte[] {(byte) 0xFF};
    }

    /** The key of the head, and what the keys of its entries and outbox rows begin with. */
    public static byte[] conversation(ConversationKey key) {
        return ids(key.tenant(), key.conversation());
    }

    public static byte[] entry(byte[] conversation, long revision) {
        return ByteBuffer.allocate(conversation.length + Long.BYTES)
                .put(conversation)
                .putLong(revision)
                .array();
    }

    public static byte[] block(byte[] conversation, String block) {
        return joined(conversation, utf8(block));
    }

    /** The revision in the key of an entry; -1 if it is not one of this conversation. */
    public static long revision(byte[] conversation, byte[] key) {
        return key.length == conversation.length + Long.BYTES
                ? ByteBuffer.wrap(key, conversation.length, Long.BYTES).getLong()
                : -1;
    }

    public static byte[] outbox(byte[] conversation, String subject, String outbox) {
        return joined(conversation, ids(subject, outbox));
    }

    /** What the keys of a visitor's conversations begin with. */
    public static byte[] visitor(String tenant, String visitor) {
        return ids(tenant, visitor);
    }

    public static byte[] visitor(String tenant, String visitor, String conversation) {
        return joined(visitor(tenant, visitor), utf8(conversation));
    }

    /** What the keys of a tenant's conversations of one kind begin with. */
    public static byte[] inbox(String tenant, String kind) {
        return ids(tenant, kind);
    }

    /** Latest first. */
    public static byte[] inbox(String tenant, ConversationSummary summary) {
        return joined(inbox(tenant, summary.kind()), inboxPlace(summary));
    }

    /**
     * Where a conversation stands among those of its kind: by whole seconds, so that one in which much is written does not
     * move with every entry.
     */
    public static byte[] inboxPlace(ConversationSummary summary) {
        byte[] conversation = utf8(summary.conversation());
        return ByteBuffer.allocate(Long.BYTES + conversation.length)
                .putLong(Long.MAX_VALUE - placeSeconds(summary))
                .put(conversation)
                .array();
    }

    /** Whether both stand at the same place of the same inbox. */
    public static boolean isSameInboxPlace(ConversationSummary one, ConversationSummary other) {
        return placeSeconds(one) == placeSeconds(other)
                && one.kind().equals(other.kind())
                && one.conversation().equals(other.conversation());
    }

    /** The conversation that stands at a place. */
    public static String conversationAt(byte[] key, int placeOffset) {
        return lastId(key, placeOffset + Long.BYTES);
    }

    /** The id that a key ends with, which stands as it is. */
    public static String lastId(byte[] key, int offset) {
        return new String(key, offset, key.length - offset, StandardCharsets.UTF_8);
    }

    /** The first key after all that begin with {@code prefix}, which ends with a terminated id. */
    public static byte[] end(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    public static byte[] joined(byte[] prefix, byte[] rest) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, key, prefix.length, rest.length);
        return key;
    }

    /** The terminated ids in {@code key} from {@code offset} to its end. */
    public static List<String> ids(byte[] key, int offset) throws WireException {
        List<String> ids = new ArrayList<>();
        ByteArrayOutputStream id = new ByteArrayOutputStream();
        int i = offset;
        while (i < key.length) {
            byte b = key[i++];
            if (b != ZERO) {
                id.write(b);
            } else if (i == key.length) {
                throw new WireException("a key ends inside an id");
            } else if (key[i++] == ESCAPED_ZERO) {
                id.write(ZERO);
            } else {
                ids.add(id.toString(StandardCharsets.UTF_8));
                id.reset();
            }
        }
        if (id.size() > 0) {
            throw new WireException("a key ends inside an id");
        }
        return ids;
    }

    private static byte[] ids(String... ids) {
        byte[][] all = new byte[ids.length][];
        int length = 0;
        for (int i = 0; i < ids.length; i++) {
            all[i] = utf8(ids[i]);
            length += all[i].length + zeros(all[i]) + 2;
        }
        byte[] key = new byte[length];
        int at = 0;
        for (byte[] id : all) {
            for (byte b : id) {
                key[at++] = b;
                if (b == ZERO) {
                    key[at++] = ESCAPED_ZERO;
                }
            }
            key[at++] = ZERO;
            key[at++] = TERMINATOR;
        }
        return key;
    }

    private static int zeros(byte[] id) {
        int zeros = 0;
        for (byte b : id) {
            zeros += b == ZERO ? 1 : 0;
        }
        return zeros;
    }

    private static byte[] utf8(String id) {
        if (!Text.isWellFormed(id)) {
            throw new IllegalArgumentException("an id with a lone surrogate has no UTF-8");
        }
        return id.getBytes(StandardCharsets.UTF_8);
    }

    private static long placeSeconds(ConversationSummary summary) {
        return Math.floorDiv(summary.lastTimeMillis(), MILLIS_PER_INBOX_PLACE);
    }
}

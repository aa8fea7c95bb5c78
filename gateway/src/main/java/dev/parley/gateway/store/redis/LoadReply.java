package dev.parley.gateway.store.redis;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@code load.lua} answers, verified while it is decoded: the chain from where it begins to the head. */
final class LoadReply {
    private final ConversationKey key;
    private final List<?> head;
    private final List<?> outboxes;
    private final byte @Nullable [] startRow;
    private final List<?> entries;
    private final List<?> blocks;

    LoadReply(ConversationKey key, List<Object> reply) {
        this.key = key;
        head = (List<?>) reply.get(0);
        outboxes = (List<?>) reply.get(1);
        startRow = (byte[]) reply.get(2);
        entries = (List<?>) reply.get(3);
        blocks = (List<?>) reply.get(4);
    }

    /** With the snapshot, or from where the log begins. Throws {@link WireException} for a snapshot that is damaged. */
    StoredConversation decode(boolean withSnapshot) throws WireException {
        Chain end = end();
        Chain horizon = position(1);
        Snapshot snapshot = withSnapshot && head.get(2) != null ? snapshot(horizon) : null;
        List<LoggedEntry> decoded = entries(key, snapshot == null ? horizon : snapshot.chain(), entries);
        StoredConversation stored = new StoredConversation(horizon, snapshot, decoded, outboxRows(), summary());
        if (!stored.end().equals(end)) {
            throw new DamagedLogException(key, "the log ends at " + stored.end() + ", its head says " + end);
        }
        return stored;
    }

    Chain end() {
        return position(0);
    }

    long snapshotRevision() {
        return number(3);
    }

    long writes() {
        return number(5);
    }

    /** Whether all that is here was confirmed to be on a replica. */
    boolean confirmed() {
        return writes() == number(7) && (end().revision() == 0 || end().equals(position(6)));
    }

    boolean wasCut() {
        return position(1).revision() > 0;
    }

    private Chain position(int field) {
        byte[] value = (byte[]) head.get(field);
        try {
            return value == null ? Chain.START : RedisKeys.chain(value);
        } catch (WireException e) {
            throw new DamagedLogException(key, "its head: " + e.getMessage());
        }
    }

    private long number(int field) {
        byte[] value = (byte[]) head.get(field);
        try {
            return value == null ? 0 : Long.parseLong(new String(value, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw new DamagedLogException(key, "its head: not a number");
        }
    }

    private @Nullable ConversationSummary summary() {
        byte[] value = (byte[]) head.get(4);
        try {
            return value == null ? null : RowCodec.decodeSummary(value);
        } catch (WireException e) {
            throw new DamagedLogException(key, "its summary: " + e.getMessage());
        }
    }

    private Snapshot snapshot(Chain horizon) throws WireException {
        StoredSnapshot stored = RowCodec.decodeSnapshot((byte[]) head.get(2));
        Chain chain = stored.getRevision() == horizon.revision() ? horizon : chainOf(startRow, stored.getRevision());
        if (stored.getRevision() != snapshotRevision()
                || !RowCodec.chain(stored.getRevision(), stored.getChain()).equals(chain)) {
            throw new WireException("it is of revision " + stored.getRevision() + ", not of " + chain);
        }
        TreeMap<byte[], SnapshotBlock> decoded = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < blocks.size(); i += 2) {
            SnapshotBlock block = RowCodec.decodeBlock((byte[]) blocks.get(i + 1));
            byte[] field = (byte[]) blocks.get(i);
            if (!Arrays.equals(Keys.block(new byte[0], block.block().id()), field)) {
                throw new WireException("a block stands in another's place");
            }
            decoded.put(field, block);
        }
        if (decoded.size() != stored.getBlocks()) {
            throw new WireException(decoded.size() + " blocks where " + stored.getBlocks() + " belong");
        }
        return new Snapshot(
                chain,
                stored.getTimeMillis(),
                AttributesCodec.decode(stored.getAttributesList()),
                List.copyOf(decoded.values()));
    }

    private List<OutboxRow> outboxRows() {
        TreeMap<byte[], OutboxRow> rows = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < outboxes.size(); i += 2) {
            byte[] field = (byte[]) outboxes.get(i);
            byte[] value = (byte[]) outboxes.get(i + 1);
            try {
                List<String> ids = Keys.ids(field, 0);
                if (ids.size() != 2 || value.length < Long.BYTES) {
                    throw new WireException("no row of an outbox");
                }
                byte[] row = Arrays.copyOf(value, value.length - Long.BYTES);
                rows.put(field, RowCodec.decodeOutbox(ids.get(0), ids.get(1), row));
            } catch (WireException e) {
                throw new DamagedLogException(key, "an outbox row: " + e.getMessage());
            }
        }
        return List.copyOf(rows.values());
    }

    /** The chain after an entry, which its row has. */
    static Chain chainOf(byte @Nullable [] row, long revision) throws WireException {
        if (row == null) {
            throw new WireException("entry " + revision + " is missing");
        }
        return RowCodec.chain(revision, RowCodec.decodeEntry(row).getChain());
    }

    /** Rows of entries that follow {@code start}, each verified from the one before. */
    static List<LoggedEntry> entries(ConversationKey key, Chain start, List<?> rows) {
        List<LoggedEntry> entries = new ArrayList<>(rows.size());
        Chain chain = start;
        for (Object row : rows) {
            long revision = chain.revision() + 1;
            if (row == null) {
                throw new DamagedLogException(key, "entry " + revision + " is missing");
            }
            try {
                LoggedEntry entry = RowCodec.verified(RowCodec.decodeEntry((byte[]) row), chain);
                entries.add(entry);
                chain = entry.chain();
            } catch (WireException e) {
                throw new DamagedLogException(key, "entry " + revision + ": " + e.getMessage());
            }
        }
        return entries;
    }
}

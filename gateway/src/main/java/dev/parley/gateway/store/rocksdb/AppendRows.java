package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.PreparedAppend;
import dev.parley.gateway.store.PreparedAppend.Row;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.SnapshotPart;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** What an append changes in the families, once it is known to fit; on the committer's thread. */
final class AppendRows {
    private final RocksDatabase database;

    AppendRows(RocksDatabase database) {
        this.database = database;
    }

    /**
     * Adds the rows of an append to {@code rows} and returns the head after it. Throws {@link IllegalArgumentException} if it
     * contradicts itself.
     */
    Head put(PreparedAppend prepared, Head head, List<Row> erased, WriteBatch rows) throws RocksDBException {
        Append append = prepared.append();
        Chain chain = head.chain();
        for (int i = 0; i < prepared.entries().size(); i++) {
            chain = chain.next(prepared.digests().get(i));
            if (!chain.equals(append.entries().get(i).chain())) {
                throw new IllegalArgumentException(
                        "entry " + chain.revision() + " does not continue the chain of " + append.key());
            }
            Row row = prepared.entries().get(i);
            rows.put(database.entries, row.key(), row.value());
        }
        for (Row row : erased) {
            rows.put(database.entries, row.key(), row.value());
        }
        for (byte[] key : prepared.expiredOutboxes()) {
            rows.delete(database.outboxes, key);
        }
        for (Row row : prepared.outboxes()) {
            rows.put(database.outboxes, row.key(), row.value());
        }
        SnapshotPart snapshot = append.snapshot();
        if (snapshot != null) {
            put(prepared, snapshot, head, chain, rows);
        }
        ConversationSummary summary = append.summary();
        if (summary == null && snapshot == null && prepared.entries().isEmpty()) {
            return head;
        }
        Head after = new Head(
                chain,
                summary == null ? head.summary() : summary,
                head.horizon(),
                snapshot == null ? head.snapshot() : chain.revision());
        rows.put(database.heads, prepared.conversation(), HeadCodec.encode(after));
        if (summary != null) {
            index(append.key().tenant(), head.summary(), summary, rows);
        }
        return after;
    }

    /** The rows of earlier entries with what erases them. Throws {@link WireException} if one is not what was written. */
    List<Row> erased(PreparedAppend prepared, Head head) throws RocksDBException, WireException {
        List<Row> erased = new ArrayList<>();
        for (Erasure erasure : prepared.earlierErasures()) {
            if (erasure.revision() > head.horizon().revision()) {
                StoredEntry stored = entry(prepared.conversation(), erasure.revision());
                byte[] digest = RowCodec.digestInChain(
                        stored, Chain.digest(stored.getContent().toByteArray()));
                erased.add(new Row(
                        Keys.entry(prepared.conversation(), erasure.revision()),
                        RowCodec.encodeErased(stored.getChain().toByteArray(), digest, erasure.content())));
            }
        }
        return erased;
    }

    StoredEntry entry(byte[] conversation, long revision) throws RocksDBException, WireException {
        byte[] value = database.rocks.get(database.entries, Keys.entry(conversation, revision));
        if (value == null) {
            throw new WireException("entry " + revision + " is missing");
        }
        return RowCodec.decodeEntry(value);
    }

    private void put(PreparedAppend prepared, SnapshotPart snapshot, Head head, Chain end, WriteBatch rows)
            throws RocksDBException {
        ConversationKey key = prepared.append().key();
        byte[] conversation = prepared.conversation();
        if (!snapshot.chain().equals(end) || end.revision() == 0) {
            throw new IllegalArgumentException(
                    "a snapshot at " + snapshot.chain() + " where " + key + " ends at " + end);
        }
        if (snapshot.since() == 0) {
            rows.deleteRange(database.blocks, conversation, Keys.end(conversation));
        } else if (snapshot.since() != head.snapshot()) {
            throw new IllegalArgumentException("a difference to the snapshot of " + key + " at " + snapshot.since()
                    + ", but there is one at " + head.snapshot());
        }
        for (SnapshotBlock block : snapshot.changed()) {
            rows.put(database.blocks, Keys.block(conversation, block.block().id()), RowCodec.encodeBlock(block));
        }
        for (OutboxRow row : snapshot.accepted()) {
            rows.put(
                    database.outboxes,
                    Keys.outbox(conversation, row.subject(), row.outbox()),
                    RowCodec.encodeOutbox(row));
        }
        rows.put(database.snapshots, conversation, RowCodec.encodeSnapshot(snapshot));
        if (!prepared.append().erasures().isEmpty()) {
            rows.put(database.erasures, Keys.entry(conversation, end.revision()), RowCodec.keyOnly());
        }
    }

    private void index(String tenant, @Nullable ConversationSummary before, ConversationSummary after, WriteBatch rows)
            throws RocksDBException {
        if (before == null || !before.visitor().equals(after.visitor())) {
            if (before != null && !before.visitor().isEmpty()) {
                rows.delete(database.visitors, Keys.visitor(tenant, before.visitor(), before.conversation()));
            }
            if (!after.visitor().isEmpty()) {
                rows.put(
                        database.visitors,
                        Keys.visitor(tenant, after.visitor(), after.conversation()),
                        RowCodec.keyOnly());
            }
        }
        if (before != null && Keys.isSameInboxPlace(before, after)) {
            return;
        }
        if (before != null) {
            rows.delete(database.inbox, Keys.inbox(tenant, before));
        }
        rows.put(database.inbox, Keys.inbox(tenant, after), RowCodec.keyOnly());
    }
}

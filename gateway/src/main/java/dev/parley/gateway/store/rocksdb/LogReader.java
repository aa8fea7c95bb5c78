package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.AttributesCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and verifies what it reads, on the reader threads. Each row of a log has the chain after it, so a part of the log is
 * verified from the row before its first, and a conversation from its snapshot to its head.
 *
 * <p>A snapshot can be made again from a log that is whole. One that does not read well is left alone, loudly, and the log
 * loaded from its start; the next snapshot replaces it. Where the log's beginning was cut off that cannot be done.
 */
final class LogReader {
    private static final Logger log = LoggerFactory.getLogger(LogReader.class);
    private static final byte[] NO_CURSOR = {};

    private final RocksDatabase database;
    private final AtomicLong inboxRowsDamaged = new AtomicLong();
    private final AtomicLong snapshotsDamaged = new AtomicLong();

    LogReader(RocksDatabase database) {
        this.database = database;
    }

    StoredConversation load(ConversationKey key) throws RocksDBException {
        byte[] conversation = Keys.conversation(key);
        try (ReadView view = new ReadView(database)) {
            Head head = head(key, conversation, view);
            @Nullable Snapshot snapshot = head.snapshot() == 0 ? null : snapshot(key, conversation, head, view);
            Chain start = snapshot == null ? head.horizon() : snapshot.chain();
            List<LoggedEntry> entries = entries(key, conversation, view, start, Long.MAX_VALUE);
            Chain end =
                    entries.isEmpty() ? start : entries.get(entries.size() - 1).chain();
            if (!end.equals(head.chain())) {
                throw new DamagedLogException(key, "the log ends at " + end + ", its head says " + head.chain());
            }
            return new StoredConversation(
                    head.horizon(),
                    snapshot,
                    entries,
                    AnswersInLog.joined(outboxRows(key, conversation, view), entries),
                    head.summary());
        }
    }

    List<LoggedEntry> read(ConversationKey key, long from, long to) throws RocksDBException {
        byte[] conversation = Keys.conversation(key);
        try (ReadView view = new ReadView(database)) {
            Head head = head(key, conversation, view);
            long first = Math.max(from, head.horizon().revision());
            long last = Math.min(to, head.chain().revision());
            if (first >= last) {
                return List.of();
            }
            Chain start = chainAt(key, conversation, head, view, first);
            List<LoggedEntry> entries = entries(key, conversation, view, start, last);
            if (entries.size() < last - first) {
                throw new DamagedLogException(key, "entry " + (first + entries.size() + 1) + " is missing");
            }
            return entries;
        }
    }

    /** A head that cannot be read is left out; whoever loads its conversation is told. */
    List<LogExtent> logs(@Nullable ConversationKey after, int limit) throws RocksDBException {
        byte[] last = after == null ? Keys.first() : Keys.conversation(after);
        List<LogExtent> logs = new ArrayList<>();
        try (ReadView view = new ReadView(database);
                Scan rows = view.scan(database.heads, last)) {
            while (logs.size() < limit && rows.next()) {
                if (Arrays.equals(rows.key(), last)) {
                    continue;
                }
                try {
                    List<String> ids = Keys.ids(rows.key(), 0);
                    Head head = HeadCodec.decode(rows.value());
                    if (head.chain().revision() > 0) {
                        ConversationKey key = new ConversationKey(ids.get(0), ids.get(1));
                        logs.add(new LogExtent(key, head.horizon().revision(), head.snapshot()));
                    }
                } catch (WireException e) {
                    log.error("a damaged head is left out of the list of logs: {}", e.getMessage());
                }
            }
        }
        return logs;
    }

    List<String> conversationsOf(String tenant, String visitor, int limit) throws RocksDBException {
        byte[] prefix = Keys.visitor(tenant, visitor);
        List<String> conversations = new ArrayList<>();
        try (ReadView view = new ReadView(database);
                Scan rows = view.scan(database.visitors, prefix, prefix)) {
            while (conversations.size() < limit && rows.next()) {
                byte[] key = rows.key();
                conversations.add(Keys.lastId(key, prefix.length));
            }
        }
        return conversations;
    }

    /** Any cursor is a place in the tenant's list, so one that was made up reads nothing that it may not. */
    InboxPage inbox(String tenant, String kind, byte[] after, int limit) throws RocksDBException {
        byte[] prefix = Keys.inbox(tenant, kind);
        byte[] last = Keys.joined(prefix, after);
        List<ConversationSummary> page = new ArrayList<>();
        try (ReadView view = new ReadView(database);
                Scan rows = view.scan(database.inbox, prefix, last)) {
            while (rows.next()) {
                byte[] key = rows.key();
                if (after.length > 0 && Arrays.equals(key, last)) {
                    continue;
                }
                if (page.size() == limit) {
                    return new InboxPage(page, Arrays.copyOfRange(last, prefix.length, last.length));
                }
                last = key;
                summary(new ConversationKey(tenant, Keys.conversationAt(key, prefix.length)), view)
                        .ifPresent(page::add);
            }
        }
        return new InboxPage(page, NO_CURSOR);
    }

    private Optional<ConversationSummary> summary(ConversationKey key, ReadView view) throws RocksDBException {
        byte[] head = view.get(database.heads, Keys.conversation(key));
        try {
            return head == null
                    ? Optional.empty()
                    : Optional.ofNullable(HeadCodec.decode(head).summary());
        } catch (WireException e) {
            inboxRowsDamaged.incrementAndGet();
            log.error("a damaged summary of tenant {} is left out: {}", key.tenant(), e.getMessage());
            return Optional.empty();
        }
    }

    /** Rows of the inbox that could not be read, counted each time. */
    long inboxRowsDamaged() {
        return inboxRowsDamaged.get();
    }

    /** Snapshots that could not be read, counted each time; their conversations were loaded from the log. */
    long snapshotsDamaged() {
        return snapshotsDamaged.get();
    }

    private Head head(ConversationKey key, byte[] conversation, ReadView view) throws RocksDBException {
        byte[] value = view.get(database.heads, conversation);
        try {
            return value == null ? Head.START : HeadCodec.decode(value);
        } catch (WireException e) {
            throw new DamagedLogException(key, "its head: " + e.getMessage());
        }
    }

    /** The snapshot; null if it is damaged and the log can do without. */
    private @Nullable Snapshot snapshot(ConversationKey key, byte[] conversation, Head head, ReadView view)
            throws RocksDBException {
        String damage;
        try {
            return snapshot(conversation, view, chainAt(key, conversation, head, view, head.snapshot()));
        } catch (WireException e) {
            damage = e.getMessage();
        } catch (RocksDBException e) {
            if (!RocksDatabase.isCorruption(e)) {
                throw e;
            }
            damage = "RocksDB says " + e.getMessage();
        }
        if (head.horizon().revision() > 0) {
            throw new DamagedLogException(key, "its snapshot: " + damage);
        }
        snapshotsDamaged.incrementAndGet();
        log.error("the snapshot of {} is damaged, its whole log is loaded instead: {}", key, damage);
        return null;
    }

    private Snapshot snapshot(byte[] conversation, ReadView view, Chain chain) throws RocksDBException, WireException {
        byte[] value = view.get(database.snapshots, conversation);
        if (value == null) {
            throw new WireException("it is missing");
        }
        StoredSnapshot stored = RowCodec.decodeSnapshot(value);
        if (!RowCodec.chain(stored.getRevision(), stored.getChain()).equals(chain)) {
            throw new WireException("it is of revision " + stored.getRevision() + ", not of " + chain);
        }
        List<SnapshotBlock> blocks = new ArrayList<>();
        try (Scan rows = view.scan(database.blocks, conversation, conversation)) {
            while (rows.next()) {
                SnapshotBlock block = RowCodec.decodeBlock(rows.value());
                if (!Arrays.equals(Keys.block(conversation, block.block().id()), rows.key())) {
                    throw new WireException("a block stands in another's place");
                }
                blocks.add(block);
            }
        }
        if (blocks.size() != stored.getBlocks()) {
            throw new WireException(blocks.size() + " blocks where " + stored.getBlocks() + " belong");
        }
        return new Snapshot(chain, stored.getTimeMillis(), AttributesCodec.decode(stored.getAttributesList()), blocks);
    }

    /** The chain after an entry that is there, or after the last of those that were cut off. */
    private Chain chainAt(ConversationKey key, byte[] conversation, Head head, ReadView view, long revision)
            throws RocksDBException {
        if (revision == head.horizon().revision()) {
            return head.horizon();
        }
        byte[] value = view.get(database.entries, Keys.entry(conversation, revision));
        if (value == null) {
            throw new DamagedLogException(key, "entry " + revision + " is missing");
        }
        try {
            return RowCodec.chain(revision, RowCodec.decodeEntry(value).getChain());
        } catch (WireException e) {
            throw new DamagedLogException(key, "entry " + revision + ": " + e.getMessage());
        }
    }

    /** The entries that follow {@code start} up to revision {@code last}, each verified from the one before. */
    private List<LoggedEntry> entries(ConversationKey key, byte[] conversation, ReadView view, Chain start, long last)
            throws RocksDBException {
        List<LoggedEntry> entries = new ArrayList<>();
        Chain chain = start;
        try (Scan rows = view.scan(database.entries, conversation, Keys.entry(conversation, start.revision() + 1))) {
            while (chain.revision() < last && rows.next()) {
                long revision = chain.revision() + 1;
                if (Keys.revision(conversation, rows.key()) != revision) {
                    throw new DamagedLogException(key, "entry " + revision + " is missing");
                }
                try {
                    LoggedEntry entry = RowCodec.verified(RowCodec.decodeEntry(rows.value()), chain);
                    entries.add(entry);
                    chain = entry.chain();
                } catch (WireException e) {
                    throw new DamagedLogException(key, "entry " + revision + ": " + e.getMessage());
                }
            }
        }
        return entries;
    }

    private List<OutboxRow> outboxRows(ConversationKey key, byte[] conversation, ReadView view)
            throws RocksDBException {
        List<OutboxRow> outboxRows = new ArrayList<>();
        try (Scan rows = view.scan(database.outboxes, conversation, conversation)) {
            while (rows.next()) {
                try {
                    List<String> ids = Keys.ids(rows.key(), conversation.length);
                    if (ids.size() != 2) {
                        throw new WireException("its key has " + ids.size() + " ids");
                    }
                    outboxRows.add(RowCodec.decodeOutbox(ids.get(0), ids.get(1), rows.value()));
                } catch (WireException e) {
                    throw new DamagedLogException(key, "an outbox row: " + e.getMessage());
                }
            }
        }
        return outboxRows;
    }
}

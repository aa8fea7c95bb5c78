package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Entry;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and verifies, on the reader threads. A log is walked from its first entry even for a part of it, because the chain
 * can be checked in no other way: each digest against the chain, the last against the head, and of the entries handed out
 * the content against the digest.
 */
final class LogReader {
    private static final Logger log = LoggerFactory.getLogger(LogReader.class);
    private static final byte[] NO_CURSOR = {};

    private final RocksDatabase database;
    private final AtomicLong inboxRowsDamaged = new AtomicLong();

    LogReader(RocksDatabase database) {
        this.database = database;
    }

    StoredConversation load(ConversationKey key) throws RocksDBException {
        byte[] conversation = Keys.conversation(key);
        try (ReadView view = new ReadView(database)) {
            Head head = head(key, conversation, view);
            List<LoggedEntry> entries = entries(key, conversation, head, view, 0, Long.MAX_VALUE);
            return new StoredConversation(entries, outboxRows(key, conversation, view), head.summary());
        }
    }

    List<LoggedEntry> read(ConversationKey key, long from, long to) throws RocksDBException {
        byte[] conversation = Keys.conversation(key);
        try (ReadView view = new ReadView(database)) {
            return entries(key, conversation, head(key, conversation, view), view, from, to);
        }
    }

    List<String> conversationsOf(String tenant, String visitor, int limit) throws RocksDBException {
        byte[] prefix = Keys.visitor(tenant, visitor);
        List<String> conversations = new ArrayList<>();
        try (ReadView view = new ReadView(database);
                Scan rows = view.scan(database.visitors, prefix, prefix)) {
            while (conversations.size() < limit && rows.next()) {
                byte[] key = rows.key();
                conversations.add(new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8));
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
                try {
                    page.add(RowCodec.decodeSummary(rows.value()));
                } catch (WireException e) {
                    inboxRowsDamaged.incrementAndGet();
                    log.error("a damaged inbox row of tenant {} is left out: {}", tenant, e.getMessage());
                }
            }
        }
        return new InboxPage(page, NO_CURSOR);
    }

    /** Inbox rows that could not be read, counted each time; their conversations are whole. */
    long inboxRowsDamaged() {
        return inboxRowsDamaged.get();
    }

    private Head head(ConversationKey key, byte[] conversation, ReadView view) throws RocksDBException {
        byte[] value = view.get(database.heads, conversation);
        try {
            return value == null ? Head.START : RowCodec.decodeHead(value);
        } catch (WireException e) {
            throw new DamagedLogException(key, "its head: " + e.getMessage());
        }
    }

    private List<LoggedEntry> entries(
            ConversationKey key, byte[] conversation, Head head, ReadView view, long from, long to)
            throws RocksDBException {
        List<LoggedEntry> entries = new ArrayList<>();
        Chain chain = Chain.START;
        try (Scan rows = view.scan(database.entries, conversation, conversation)) {
            while (rows.next()) {
                long revision = Keys.revision(conversation, rows.key());
                if (revision != chain.revision() + 1) {
                    throw new DamagedLogException(key, "entry " + (chain.revision() + 1) + " is missing");
                }
                try {
                    StoredEntry stored = RowCodec.decodeEntry(rows.value());
                    byte[] digest = stored.getDigest().toByteArray();
                    chain = chain.next(digest);
                    if (from < revision && revision <= to) {
                        entries.add(entry(stored, digest, chain));
                    }
                } catch (WireException e) {
                    throw new DamagedLogException(key, "entry " + revision + ": " + e.getMessage());
                }
            }
        }
        if (!chain.equals(head.chain())) {
            throw new DamagedLogException(key, "the log ends at " + chain + ", its head says " + head.chain());
        }
        return entries;
    }

    private static LoggedEntry entry(StoredEntry stored, byte[] digest, Chain chain) throws WireException {
        byte[] content = stored.getContent().toByteArray();
        if (!Arrays.equals(Chain.digest(content), digest)) {
            throw new WireException("its content is not what was appended");
        }
        Entry entry = EntryCodec.decode(content);
        if (entry.revision() != chain.revision()) {
            throw new WireException("it says that it is entry " + entry.revision());
        }
        return new LoggedEntry(entry, content, chain);
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

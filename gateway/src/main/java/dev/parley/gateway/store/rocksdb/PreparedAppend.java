package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import java.util.ArrayList;
import java.util.List;

/** An {@link Append} with its rows encoded, all but those that depend on where the log ends. */
@SuppressWarnings("ArrayRecordComponent") // keys and values on their way to the database
record PreparedAppend(
        Append append,
        byte[] conversation,
        List<Row> entries,
        List<byte[]> expiredOutboxes,
        List<Row> outboxes,
        List<byte[]> digests) {

    record Row(byte[] key, byte[] value) {}

    /** Throws {@link IllegalArgumentException} for what may never be stored. */
    static PreparedAppend of(Append append) {
        byte[] conversation = Keys.conversation(append.key());
        if (append.summary() != null
                && !append.summary().conversation().equals(append.key().conversation())) {
            throw new IllegalArgumentException("the summary is of another conversation than " + append.key());
        }
        List<Row> entries = new ArrayList<>(append.entries().size());
        List<byte[]> digests = new ArrayList<>(append.entries().size());
        long revision = append.expected().revision();
        for (LoggedEntry entry : append.entries()) {
            revision++;
            if (entry.revision() != revision) {
                throw new IllegalArgumentException(
                        "entry " + entry.revision() + " where " + revision + " is next in " + append.key());
            }
            byte[] digest = Chain.digest(entry.content());
            digests.add(digest);
            entries.add(new Row(Keys.entry(conversation, revision), RowCodec.encodeEntry(digest, entry.content())));
        }
        List<byte[]> expired = new ArrayList<>(append.expiredRows().size());
        for (OutboxRow row : append.expiredRows()) {
            expired.add(Keys.outbox(conversation, row.subject(), row.outbox()));
        }
        List<Row> outboxes = new ArrayList<>(append.outboxRows().size());
        for (OutboxRow row : append.outboxRows()) {
            outboxes.add(new Row(Keys.outbox(conversation, row.subject(), row.outbox()), RowCodec.encodeOutbox(row)));
        }
        return new PreparedAppend(append, conversation, entries, expired, outboxes, digests);
    }
}

package dev.parley.gateway.store;

import dev.parley.wire.EntryCodec;
import dev.parley.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Append} with its rows encoded, all but those that depend on where the log ends, and those of its snapshot, which
 * are many and left to the committer's thread. {@code outboxes} are those that no entry tells. {@code earlierErasures} are of
 * entries that it does not add itself.
 */
@SuppressWarnings("ArrayRecordComponent") // keys and values on their way to the database
public record PreparedAppend(
        Append append,
        byte[] conversation,
        List<Row> entries,
        List<byte[]> expiredOutboxes,
        List<Row> outboxes,
        List<byte[]> digests,
        List<Erasure> earlierErasures) {

    public record Row(byte[] key, byte[] value) {}

    /** Throws {@link IllegalArgumentException} for what may never be stored. */
    public static PreparedAppend of(Append append) {
        byte[] conversation = Keys.conversation(append.key());
        if (append.summary() != null
                && !append.summary().conversation().equals(append.key().conversation())) {
            throw new IllegalArgumentException("the summary is of another conversation than " + append.key());
        }
        Map<Long, Erasure> erasures = erasures(append);
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
            @Nullable Erasure erasure = erasures.remove(revision);
            byte[] value = erasure == null
                    ? RowCodec.encodeEntry(entry.chain(), entry.content())
                    : RowCodec.encodeErased(entry.chain().hash(), digest, erasure.content());
            entries.add(new Row(Keys.entry(conversation, revision), value));
        }
        if (!erasures.isEmpty()
                && List.copyOf(erasures.keySet()).get(erasures.size() - 1)
                        > append.expected().revision()) {
            throw new IllegalArgumentException("an erasure after the end of " + append.key());
        }
        List<byte[]> expired = new ArrayList<>(append.expiredRows().size());
        for (OutboxRow row : append.expiredRows()) {
            expired.add(Keys.outbox(conversation, row.subject(), row.outbox()));
        }
        List<Row> outboxes = new ArrayList<>(append.outboxRows().size());
        for (OutboxRow row : append.outboxRows()) {
            if (isToldByEntry(row, append)) {
                continue;
            }
            outboxes.add(new Row(Keys.outbox(conversation, row.subject(), row.outbox()), RowCodec.encodeOutbox(row)));
        }
        return new PreparedAppend(
                append, conversation, entries, expired, outboxes, digests, List.copyOf(erasures.values()));
    }

    private static boolean isToldByEntry(OutboxRow row, Append append) {
        long index = row.acceptedRevision() - append.expected().revision() - 1;
        return index >= 0
                && index < append.entries().size()
                && row.equals(
                        OutboxRow.accepted(append.entries().get((int) index).entry()));
    }

    private static Map<Long, Erasure> erasures(Append append) {
        @Nullable SnapshotPart snapshot = append.snapshot();
        if (snapshot == null && !append.erasures().isEmpty()) {
            throw new IllegalArgumentException("erasures without a snapshot of " + append.key());
        }
        Map<Long, Erasure> erasures = new TreeMap<>();
        for (Erasure erasure : append.erasures()) {
            requireEntry(append.key(), erasure);
            if (erasures.put(erasure.revision(), erasure) != null) {
                throw new IllegalArgumentException(
                        "two erasures of entry " + erasure.revision() + " of " + append.key());
            }
        }
        return erasures;
    }

    private static void requireEntry(ConversationKey key, Erasure erasure) {
        try {
            long revision = EntryCodec.decode(erasure.content()).revision();
            if (erasure.revision() < 1 || revision != erasure.revision()) {
                throw new IllegalArgumentException(
                        "entry " + revision + " in place of " + erasure.revision() + " of " + key);
            }
        } catch (WireException e) {
            throw new IllegalArgumentException("no entry in place of " + erasure.revision() + " of " + key, e);
        }
    }
}

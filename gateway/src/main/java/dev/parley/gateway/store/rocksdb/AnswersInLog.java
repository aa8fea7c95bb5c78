package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.Entry;
import dev.parley.conversation.SubmissionId;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The outbox rows that entries tell. An entry says what was accepted, so until the next snapshot no row says so too: it
 * would be a third of all that is written.
 */
final class AnswersInLog {
    private static final byte[] CONVERSATION = {};

    private AnswersInLog() {}

    /** The last answers, of those that were written down and those in the entries, in the order of subject and outbox. */
    static List<OutboxRow> joined(List<OutboxRow> written, List<LoggedEntry> entries) {
        Map<byte[], OutboxRow> last = new TreeMap<>(Arrays::compareUnsigned);
        written.forEach(row -> last.put(name(row), row));
        for (LoggedEntry logged : entries) {
            Entry entry = logged.entry();
            if (!entry.submission().equals(SubmissionId.NONE)) {
                OutboxRow accepted = OutboxRow.accepted(entry);
                last.merge(name(accepted), accepted, AnswersInLog::later);
            }
        }
        return List.copyOf(last.values());
    }

    private static OutboxRow later(OutboxRow known, OutboxRow accepted) {
        boolean isKnownLater = known.rejected() == null
                ? known.acceptedRevision() > accepted.acceptedRevision()
                : known.lastSeq() > accepted.lastSeq();
        return isKnownLater ? known : accepted;
    }

    /** As its row is called within a conversation. */
    private static byte[] name(OutboxRow row) {
        return Keys.outbox(CONVERSATION, row.subject(), row.outbox());
    }
}

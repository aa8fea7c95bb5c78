package dev.parley.gateway.store.rocksdb;

import dev.parley.conversation.Entry;
import dev.parley.conversation.SubmissionId;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outbox rows that entries tell. An entry says what was accepted, so until the next snapshot no row says so too: it
 * would be a third of all that is written.
 */
final class AnswersInLog {
    private AnswersInLog() {}

    private record Name(String subject, String outbox) {}

    /** The last answers, of those that were written down and those in the entries. */
    static List<OutboxRow> joined(List<OutboxRow> written, List<LoggedEntry> entries) {
        Map<Name, OutboxRow> last = new LinkedHashMap<>();
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

    private static Name name(OutboxRow row) {
        return new Name(row.subject(), row.outbox());
    }
}

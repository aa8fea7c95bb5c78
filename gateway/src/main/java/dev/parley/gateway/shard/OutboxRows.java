package dev.parley.gateway.shard;

import dev.parley.conversation.Author;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.SubmissionId;
import dev.parley.gateway.session.OneShotOutbox;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.OutboxRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last answer of each outbox of a conversation: what makes a submission count once. Owned by the conversation's shard.
 *
 * <p>An outbox numbers its submissions densely and has one in flight, so the last answered number says everything: the next
 * is new, the same is a repetition and gets the stored answer, a smaller one was done, a larger one means that one side lost
 * something. The content id tells a number that was used for two different things.
 */
final class OutboxRows {
    static final long KEPT_MILLIS = Duration.ofDays(30).toMillis();

    private final int outboxesOfSubjectMax;
    private final Map<Name, OutboxRow> rows = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Map<Name, OutboxRow> unstored = new LinkedHashMap<>();
    private final Map<Name, OutboxRow> stored = new LinkedHashMap<>();
    private final List<OutboxRow> expired = new ArrayList<>();
    /** What the store is known to have of those that changed here since, null for nothing. */
    private final Map<Name, @Nullable OutboxRow> before = new HashMap<>();

    private final List<OutboxRow> expiredBefore = new ArrayList<>();

    private record Name(String subject, String outbox) {}

    OutboxRows(int outboxesOfSubjectMax) {
        this.outboxesOfSubjectMax = outboxesOfSubjectMax;
    }

    void restore(OutboxRow row) {
        Name name = new Name(row.subject(), row.outbox());
        if (before.containsKey(name)) {
            before.put(name, row);
        }
        set(name, row);
    }

    private void set(Name name, OutboxRow row) {
        rows.put(name, row);
        owners.putIfAbsent(row.outbox(), row.subject());
    }

    /** Another node's entry is the last that its outbox has, whatever was known of it here. */
    void follow(Entry entry) {
        if (!entry.submission().equals(SubmissionId.NONE)) {
            restore(row(entry));
        }
    }

    private static OutboxRow row(Entry entry) {
        SubmissionId id = entry.submission();
        return new OutboxRow(
                entry.author().subject(),
                id.outbox(),
                id.seq(),
                id.contentId(),
                entry.timeMillis(),
                entry.revision(),
                null);
    }

    /** The store lost what it had of an entry's outbox. */
    void reoffer(Entry entry) {
        if (!entry.submission().equals(SubmissionId.NONE)) {
            reoffer(row(entry));
        }
    }

    /** The store may have lost this row. */
    void reoffer(OutboxRow row) {
        OutboxRow known = rows.get(new Name(row.subject(), row.outbox()));
        if (known == null || known.lastSeq() < row.lastSeq()) {
            put(row);
        }
    }

    /** What the store has, where it is newer. */
    void learn(List<OutboxRow> stored) {
        for (OutboxRow row : stored) {
            OutboxRow known = rows.get(new Name(row.subject(), row.outbox()));
            if (known == null || known.lastSeq() < row.lastSeq()) {
                restore(row);
            }
        }
    }

    /** The answer if this is not the outbox's next submission, else null. */
    @Nullable Answer dedupe(SubmissionId id, Author author, long nowMillis) {
        OutboxRow row = rows.get(new Name(author.subject(), id.outbox()));
        if (row == null) {
            return first(id, author, nowMillis);
        }
        if (id.seq() == row.lastSeq() + 1) {
            return null;
        }
        if (id.seq() > row.lastSeq()) {
            return new Answer.Fault(OutboxFault.OUTBOX_RESET, row.lastSeq());
        }
        if (id.seq() < row.lastSeq()) {
            return new Answer.Fault(OutboxFault.ALREADY_DONE, row.lastSeq());
        }
        return id.contentId() == row.contentId() ? answer(row) : new Answer.Fault(OutboxFault.FORKED, row.lastSeq());
    }

    private @Nullable Answer first(SubmissionId id, Author author, long nowMillis) {
        if (id.seq() != 1) {
            return new Answer.Fault(OutboxFault.OUTBOX_RESET, 0);
        }
        forgetExpired(nowMillis);
        return outboxesOf(author) < outboxesOfSubjectMax ? null : new Answer.Refused(Refusal.TOO_MANY_OUTBOXES, 0);
    }

    /** Everybody has a share of their own, so that who uses it up keeps nobody else from writing. */
    private long outboxesOf(Author author) {
        return rows.keySet().stream()
                .filter(name -> name.subject().equals(author.subject()))
                .count();
    }

    /** Makes room for a new outbox. What is not asked for may stay longer than it has to. */
    private void forgetExpired(long nowMillis) {
        rows.values().removeIf(row -> {
            long keptMillis = OneShotOutbox.isId(row.outbox()) ? OneShotOutbox.KEPT_MILLIS : KEPT_MILLIS;
            boolean isExpired = nowMillis - row.lastUsedMillis() > keptMillis;
            if (isExpired) {
                owners.remove(row.outbox(), row.subject());
                stored.remove(new Name(row.subject(), row.outbox()));
                expired.add(row);
                expiredBefore.add(row);
            }
            return isExpired;
        });
    }

    static Answer answer(OutboxRow row) {
        return row.rejected() == null
                ? new Answer.Accepted(row.acceptedRevision(), row.contentId())
                : new Answer.Rejected(row.rejected(), row.contentId());
    }

    /** Blocks are named after outboxes: nobody names one after another's. */
    boolean isForeign(String outbox, Author author) {
        return !owners.getOrDefault(outbox, author.subject()).equals(author.subject());
    }

    void accepted(SubmissionId id, Author author, long nowMillis, long revision) {
        put(new OutboxRow(author.subject(), id.outbox(), id.seq(), id.contentId(), nowMillis, revision, null));
    }

    void rejected(SubmissionId id, Author author, long nowMillis, RejectCode code) {
        put(new OutboxRow(author.subject(), id.outbox(), id.seq(), id.contentId(), nowMillis, 0, code));
    }

    private void put(OutboxRow row) {
        Name name = new Name(row.subject(), row.outbox());
        if (!before.containsKey(name)) {
            before.put(name, rows.get(name));
        }
        set(name, row);
        unstored.put(name, row);
    }

    /** Makes them again what the store is known to have. */
    void takeBack() {
        before.forEach((name, row) -> {
            if (row == null) {
                rows.remove(name);
                owners.remove(name.outbox(), name.subject());
            } else {
                rows.put(name, row);
            }
        });
        before.clear();
        unstored.clear();
        expired.clear();
        expiredBefore.forEach(this::restore);
        expiredBefore.clear();
    }

    /** The last answers of these outboxes of a subject, where there are any. */
    List<OutboxRow> of(String subject, List<String> outboxes) {
        List<OutboxRow> found = new ArrayList<>();
        for (String outbox : outboxes) {
            OutboxRow row = rows.get(new Name(subject, outbox));
            if (row != null) {
                found.add(row);
            }
        }
        return found;
    }

    /** The last answer of every outbox of a subject. */
    List<OutboxRow> of(String subject) {
        return rows.values().stream()
                .filter(row -> row.subject().equals(subject))
                .toList();
    }

    /** The store has these, and has forgotten those. */
    void stored(List<OutboxRow> taken, List<OutboxRow> forgotten) {
        for (OutboxRow row : taken) {
            Name name = new Name(row.subject(), row.outbox());
            stored.put(name, row);
            if (unstored.containsKey(name)) {
                before.put(name, row);
            } else {
                before.remove(name);
            }
        }
        expiredBefore.removeAll(forgotten);
    }

    /** Those that the store was given here, as it has them. */
    List<OutboxRow> stored() {
        return List.copyOf(stored.values());
    }

    boolean hasUnstored() {
        return !unstored.isEmpty();
    }

    /** Those written since the last call. */
    List<OutboxRow> takeUnstored() {
        List<OutboxRow> taken = List.copyOf(unstored.values());
        unstored.clear();
        return taken;
    }

    /** Those forgotten since the last call. */
    List<OutboxRow> takeExpired() {
        List<OutboxRow> taken = List.copyOf(expired);
        expired.clear();
        return taken;
    }

    int weightBytes() {
        return 300 * (rows.size() + stored.size());
    }
}

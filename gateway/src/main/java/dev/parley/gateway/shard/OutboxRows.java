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
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final Map<Name, Outbox> outboxes = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final List<Outbox> unstored = new ArrayList<>();
    private final List<OutboxRow> expired = new ArrayList<>();
    private final List<OutboxRow> expiredBefore = new ArrayList<>();
    private int storedHere;

    /** What is known of one. */
    private static final class Outbox {
        private final Name name;
        private @Nullable OutboxRow row;
        /** That the store was given here, as it has it. */
        private @Nullable OutboxRow stored;
        /** What the store is known to have, while the row is not that; null for nothing. */
        private @Nullable OutboxRow before;

        private boolean isUndurable;
        private boolean isUnstored;

        Outbox(Name name) {
            this.name = name;
        }
    }

    /** Compared by hand, since it is looked up several times for each submission. */
    private record Name(String subject, String outbox) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Name name && outbox.equals(name.outbox) && subject.equals(name.subject);
        }

        @Override
        public int hashCode() {
            return 31 * outbox.hashCode() + subject.hashCode();
        }
    }

    OutboxRows(int outboxesOfSubjectMax) {
        this.outboxesOfSubjectMax = outboxesOfSubjectMax;
    }

    void restore(OutboxRow row) {
        Outbox outbox = outbox(row);
        if (outbox.isUndurable) {
            outbox.before = row;
        }
        outbox.row = row;
    }

    private Outbox outbox(OutboxRow row) {
        Name name = new Name(row.subject(), row.outbox());
        Outbox outbox = outboxes.get(name);
        if (outbox == null) {
            outbox = new Outbox(name);
            outboxes.put(name, outbox);
            owners.putIfAbsent(row.outbox(), row.subject());
        }
        return outbox;
    }

    private @Nullable OutboxRow row(String subject, String outbox) {
        Outbox known = outboxes.get(new Name(subject, outbox));
        return known == null ? null : known.row;
    }

    /** Another node's entry is the last that its outbox has, whatever was known of it here. */
    void follow(Entry entry) {
        if (!entry.submission().equals(SubmissionId.NONE)) {
            restore(OutboxRow.accepted(entry));
        }
    }

    /** The store lost what it had of an entry's outbox. */
    void reoffer(Entry entry) {
        if (!entry.submission().equals(SubmissionId.NONE)) {
            reoffer(OutboxRow.accepted(entry));
        }
    }

    /** The store may have lost this row. */
    void reoffer(OutboxRow row) {
        OutboxRow known = row(row.subject(), row.outbox());
        if (known == null || known.lastSeq() < row.lastSeq()) {
            put(row);
        }
    }

    /** What the store has, where it is newer. */
    void learn(List<OutboxRow> stored) {
        for (OutboxRow row : stored) {
            OutboxRow known = row(row.subject(), row.outbox());
            if (known == null || known.lastSeq() < row.lastSeq()) {
                restore(row);
            }
        }
    }

    /** The answer if this is not the outbox's next submission, else null. */
    @Nullable Answer dedupe(SubmissionId id, Author author, long nowMillis) {
        OutboxRow row = row(author.subject(), id.outbox());
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
        return outboxes.keySet().stream()
                .filter(name -> name.subject().equals(author.subject()))
                .count();
    }

    /** Makes room for a new outbox. What is not asked for may stay longer than it has to. */
    private void forgetExpired(long nowMillis) {
        outboxes.values().removeIf(outbox -> {
            OutboxRow row = outbox.row;
            if (row == null || !isExpired(row, nowMillis)) {
                return false;
            }
            OutboxRow durable = outbox.isUndurable ? outbox.before : row;
            owners.remove(row.outbox(), row.subject());
            unstored.remove(outbox);
            storedHere -= outbox.stored == null ? 0 : 1;
            expired.add(row);
            if (durable != null) {
                expiredBefore.add(durable);
            }
            return true;
        });
    }

    private static boolean isExpired(OutboxRow row, long nowMillis) {
        long keptMillis = OneShotOutbox.isId(row.outbox()) ? OneShotOutbox.KEPT_MILLIS : KEPT_MILLIS;
        return nowMillis - row.lastUsedMillis() > keptMillis;
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

    void accepted(Entry entry) {
        put(OutboxRow.accepted(entry));
    }

    void rejected(SubmissionId id, Author author, long nowMillis, RejectCode code) {
        put(new OutboxRow(author.subject(), id.outbox(), id.seq(), id.contentId(), nowMillis, 0, code));
    }

    private void put(OutboxRow row) {
        Outbox outbox = outbox(row);
        if (!outbox.isUndurable) {
            outbox.isUndurable = true;
            outbox.before = outbox.row;
        }
        if (!outbox.isUnstored) {
            outbox.isUnstored = true;
            unstored.add(outbox);
        }
        outbox.row = row;
    }

    /** Makes them again what the store is known to have. */
    void takeBack() {
        outboxes.values().removeIf(outbox -> {
            if (!outbox.isUndurable) {
                return false;
            }
            outbox.row = outbox.before;
            outbox.before = null;
            outbox.isUndurable = false;
            outbox.isUnstored = false;
            if (outbox.row == null) {
                owners.remove(outbox.name.outbox(), outbox.name.subject());
            }
            return outbox.row == null;
        });
        unstored.clear();
        expired.clear();
        expiredBefore.forEach(this::restore);
        expiredBefore.clear();
    }

    /** The last answers of these outboxes of a subject, where there are any. */
    List<OutboxRow> of(String subject, List<String> outboxes) {
        List<OutboxRow> found = new ArrayList<>();
        for (String outbox : outboxes) {
            OutboxRow row = row(subject, outbox);
            if (row != null) {
                found.add(row);
            }
        }
        return found;
    }

    /** The last answer of every outbox of a subject. */
    List<OutboxRow> of(String subject) {
        return outboxes.values().stream()
                .filter(outbox -> outbox.name.subject().equals(subject))
                .map(outbox -> outbox.row)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Those whose answer is an entry after {@code revision}. */
    List<OutboxRow> acceptedSince(long revision) {
        List<OutboxRow> accepted = new ArrayList<>();
        for (Outbox outbox : outboxes.values()) {
            if (outbox.row != null && outbox.row.acceptedRevision() > revision) {
                accepted.add(outbox.row);
            }
        }
        return accepted;
    }

    /** The store has these, and has forgotten those. */
    void stored(List<OutboxRow> taken, List<OutboxRow> forgotten) {
        for (OutboxRow row : taken) {
            Outbox outbox = outboxes.get(new Name(row.subject(), row.outbox()));
            if (outbox == null) {
                continue;
            }
            storedHere += outbox.stored == null ? 1 : 0;
            outbox.stored = row;
            if (outbox.isUnstored) {
                outbox.before = row;
            } else {
                outbox.before = null;
                outbox.isUndurable = false;
            }
        }
        for (OutboxRow row : forgotten) {
            expiredBefore.removeIf(before ->
                    before.outbox().equals(row.outbox()) && before.subject().equals(row.subject()));
        }
    }

    /** Those that the store was given here, as it has them. */
    List<OutboxRow> stored() {
        return outboxes.values().stream()
                .map(outbox -> outbox.stored)
                .filter(Objects::nonNull)
                .toList();
    }

    boolean hasUnstored() {
        return !unstored.isEmpty();
    }

    /** Those written since the last call. */
    List<OutboxRow> takeUnstored() {
        List<OutboxRow> taken = new ArrayList<>(unstored.size());
        for (Outbox outbox : unstored) {
            outbox.isUnstored = false;
            taken.add(Objects.requireNonNull(outbox.row));
        }
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
        return 300 * (outboxes.size() + storedHere);
    }
}

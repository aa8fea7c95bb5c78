package dev.parley.gateway.shard;

import dev.parley.conversation.Operation;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows the store to have had of a conversation that it loads anew: the recent entries, up to the last that was
 * stored, and the answers that it stored itself. A log that went back, as after a failover to a replica that lacked its tail,
 * is offered them again. Immutable.
 */
final class Reoffer {
    private static final String REDACT = Operation.Redact.class.getSimpleName();

    private final Chain start;
    private final List<LoggedEntry> entries;
    private final List<OutboxRow> rows;

    /** {@code entries} follow {@code start}. */
    Reoffer(Chain start, List<LoggedEntry> entries, List<OutboxRow> rows) {
        this.start = start;
        this.entries = entries;
        this.rows = rows;
    }

    /** Where the log ended. */
    Chain head() {
        return entries.isEmpty() ? start : entries.get(entries.size() - 1).chain();
    }

    List<OutboxRow> rows() {
        return rows;
    }

    /** With what others appended since, as far as it follows. */
    Reoffer and(List<LoggedEntry> more) {
        List<LoggedEntry> all = new ArrayList<>(entries);
        Chain last = head();
        for (LoggedEntry entry : more) {
            if (entry.revision() == last.revision() + 1) {
                all.add(entry);
                last = entry.chain();
            }
        }
        return new Reoffer(start, List.copyOf(all), rows);
    }

    /**
     * The entries after {@code end}, where they continue exactly from there and are as they were written; else null. A
     * redaction is not offered again, since what it erased is not known any more.
     */
    @Nullable List<LoggedEntry> after(Chain end) {
        if (end.revision() < start.revision() || end.revision() > head().revision()) {
            return null;
        }
        int count = Math.toIntExact(end.revision() - start.revision());
        Chain chain = count == 0 ? start : entries.get(count - 1).chain();
        if (!chain.equals(end)) {
            return null;
        }
        List<LoggedEntry> after = entries.subList(count, entries.size());
        for (LoggedEntry entry : after) {
            chain = chain.next(Chain.digest(entry.content()));
            if (!chain.equals(entry.chain()) || entry.entry().command().equals(REDACT)) {
                return null;
            }
        }
        return List.copyOf(after);
    }
}

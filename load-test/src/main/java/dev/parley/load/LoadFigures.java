package dev.parley.load;

import dev.parley.conversation.Entry;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.RejectCode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What is counted and measured in a run, on the clients' loop. Times run from the moment a submission was due, not from when
 * it was sent: one that waits behind others, or for a busy client, has waited.
 */
public final class LoadFigures implements Observer {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final int REMEMBERED_MAX = 200_000;

    private final Map<Long, Due> dueByContentId = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Due> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };
    private final Histogram savedMicros = new Histogram(MICROS_MAX, 3);
    private final Histogram savedAfterCutMicros = new Histogram(MICROS_MAX, 3);
    private final Histogram deliveredMicros = new Histogram(MICROS_MAX, 3);
    private final Map<RejectCode, Long> rejected = new TreeMap<>();
    private final Map<RefuseCode, Long> refused = new TreeMap<>();
    private final Map<Integer, Long> ended = new TreeMap<>();
    private long made;
    private long postponed;
    private long acknowledged;
    private long lastAcknowledgedNanos;
    private long behind;
    private long behindMax;
    private long delivered;
    private long faults;
    private long welcomes;

    /** When a submission was due, and how often its author's connection had ended by then. */
    private record Due(long nanos, WireClient author, int cuts) {
        boolean isUndisturbed() {
            return author.cuts() == cuts && !author.readsLate();
        }
    }

    public void made(WireConversation at, SubmissionId id, long dueNanos) {
        made++;
        dueByContentId.put(
                id.contentId(), new Due(dueNanos, at.client(), at.client().cuts()));
    }

    /** Not made, since its author had too much unanswered already. */
    public void postponed() {
        postponed++;
    }

    @Override
    public void acknowledged(WireConversation at, Submission sent, long revision) {
        acknowledged++;
        lastAcknowledgedNanos = at.client().nanoTime();
        long past = revision - 1 - sent.base().revision();
        if (past > 0) {
            behind++;
            behindMax = Math.max(behindMax, past);
        }
        Due due = dueByContentId.get(sent.id().contentId());
        if (due != null && !due.author().readsLate()) {
            record(due.isUndisturbed() ? savedMicros : savedAfterCutMicros, due, lastAcknowledgedNanos);
        }
    }

    @Override
    public void rejected(WireConversation at, SubmissionId id, RejectCode code) {
        rejected.merge(code, 1L, Long::sum);
    }

    @Override
    public void refused(WireConversation at, SubmissionId id, RefuseCode code) {
        refused.merge(code, 1L, Long::sum);
    }

    @Override
    public void faulted(WireConversation at, SubmissionId id, OutboxFaultCode code) {
        faults++;
    }

    @Override
    public void delivered(WireConversation at, Entry entry, boolean live) {
        delivered++;
        Due due = dueByContentId.get(entry.submission().contentId());
        if (live && due != null && due.isUndisturbed() && !at.client().readsLate()) {
            record(deliveredMicros, due, at.client().nanoTime());
        }
    }

    @Override
    public void welcomed(WireClient client) {
        welcomes++;
    }

    @Override
    public void ended(WireClient client, int closeCode) {
        ended.merge(closeCode, 1L, Long::sum);
    }

    private static void record(Histogram histogram, Due due, long nowNanos) {
        histogram.recordValue(Math.min(MICROS_MAX, Math.max(0, TimeUnit.NANOSECONDS.toMicros(nowNanos - due.nanos()))));
    }

    public long acknowledged() {
        return acknowledged;
    }

    public long lastAcknowledgedNanos() {
        return lastAcknowledgedNanos;
    }

    /** Acknowledged submissions that had been made on a base behind the head. */
    public long behind() {
        return behind;
    }

    /** As a table, for a run that took so long. */
    public String table(double seconds) {
        StringBuilder table = new StringBuilder(counts(seconds));
        row(table, "microseconds from due to", "%s", "      p50       p90       p99     p99.9       max      count");
        times(table, "  saved and acknowledged", savedMicros);
        times(table, "  saved, when a cut came between", savedAfterCutMicros);
        times(table, "  delivered to another connection", deliveredMicros);
        return table.toString();
    }

    /** The part of the table that is no times. */
    public String counts(double seconds) {
        StringBuilder table = new StringBuilder();
        row(table, "submissions made", "%,d", made);
        row(table, "  not made, author had too many unanswered", "%,d", postponed);
        row(table, "  acknowledged", "%,d  (%,.0f/s)", acknowledged, acknowledged / seconds);
        row(table, "  made behind the head", "%,d  (by up to %,d entries)", behind, behindMax);
        row(table, "  rejected", "%s", rejected);
        row(table, "  refused for now", "%s", refused);
        row(table, "  outbox faults", "%,d", faults);
        row(table, "entries delivered to others", "%,d  (%,.0f/s)", delivered, delivered / seconds);
        row(table, "connections welcomed", "%,d", welcomes);
        row(table, "connections ended, by close code", "%s", ended);
        return table.toString();
    }

    private static void times(StringBuilder table, String name, Histogram micros) {
        row(
                table,
                name,
                "%,9d %,9d %,9d %,9d %,9d %,10d",
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(90),
                micros.getValueAtPercentile(99),
                micros.getValueAtPercentile(99.9),
                micros.getMaxValue(),
                micros.getTotalCount());
    }

    private static void row(StringBuilder table, String name, String format, Object... values) {
        table.append(String.format(Locale.ROOT, "%-44s", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}

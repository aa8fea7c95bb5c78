package dev.parley.load.gatling;

import dev.parley.load.CatchUp;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How conversations came to where they were: those that asked for it, and those that a gateway told by itself. On the clients' loop. */
final class CatchUps {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final long SIZE_MAX = 1L << 40;

    private final Kind asked = new Kind();
    private final Kind told = new Kind();

    private static final class Kind {
        private final Histogram micros = new Histogram(MICROS_MAX, 3);
        private final Histogram entries = new Histogram(SIZE_MAX, 3);
        private final Histogram bytes = new Histogram(SIZE_MAX, 3);
        private final Histogram changedBytes = new Histogram(SIZE_MAX, 3);
    }

    void caughtUp(CatchUp how, long nowNanos) {
        Kind kind = how.isAsked() ? asked : told;
        if (how.isAsked()) {
            kind.micros.recordValue(Math.min(MICROS_MAX, TimeUnit.NANOSECONDS.toMicros(nowNanos - how.askedNanos())));
        }
        kind.entries.recordValue(how.entries());
        kind.bytes.recordValue(how.bytes());
        kind.changedBytes.recordValue(how.changedBytes());
    }

    String table() {
        return table("caught up since they asked", asked) + table("caught up, told unasked since slow", told);
    }

    private static String table(String name, Kind kind) {
        if (kind.entries.getTotalCount() == 0) {
            return "";
        }
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, "%-44s%,d%n", name, kind.entries.getTotalCount()));
        row(table, "  microseconds from the question on", kind.micros);
        row(table, "  entries behind", kind.entries);
        row(table, "  bytes of the answer", kind.bytes);
        row(table, "  bytes of the blocks that changed", kind.changedBytes);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-44s%,d p50, %,d p99, %,d max%n",
                    name,
                    histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(99),
                    histogram.getMaxValue()));
        }
    }
}

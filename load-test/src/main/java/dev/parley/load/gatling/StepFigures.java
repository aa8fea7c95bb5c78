package dev.parley.load.gatling;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What each step took, on the clients' loop: in microseconds from the moment it was due, and in the whole milliseconds from
 * the moment it began, as Gatling is told. Where the first are larger, somebody had to wait for their turn.
 */
final class StepFigures {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final int NAME_WIDTH = 26;

    private final Map<Step, Times> byStep = new EnumMap<>(Step.class);

    private static final class Times {
        private final Histogram micros = new Histogram(MICROS_MAX, 3);
        private final Histogram millis = new Histogram(TimeUnit.MICROSECONDS.toMillis(MICROS_MAX), 3);
        private long failed;
    }

    void passed(Step step, long dueNanos, long millis, long nowNanos) {
        Times times = times(step);
        times.micros.recordValue(Math.min(MICROS_MAX, Math.max(0, TimeUnit.NANOSECONDS.toMicros(nowNanos - dueNanos))));
        times.millis.recordValue(Math.min(TimeUnit.MICROSECONDS.toMillis(MICROS_MAX), millis));
    }

    void failed(Step step) {
        times(step).failed++;
    }

    private Times times(Step step) {
        return byStep.computeIfAbsent(step, first -> new Times());
    }

    String table() {
        StringBuilder table = new StringBuilder();
        row(table, "", "%50s   %23s", "microseconds since due", "milliseconds, Gatling's");
        row(
                table,
                "step",
                "%9s %6s %9s %9s %9s %9s %9s   %7s %7s %7s",
                "passed",
                "failed",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "max",
                "p50",
                "p99",
                "max");
        byStep.forEach((step, times) -> row(
                table,
                step.label(),
                "%,9d %,6d %,9d %,9d %,9d %,9d %,9d   %,7d %,7d %,7d",
                times.micros.getTotalCount(),
                times.failed,
                times.micros.getValueAtPercentile(50),
                times.micros.getValueAtPercentile(90),
                times.micros.getValueAtPercentile(99),
                times.micros.getValueAtPercentile(99.9),
                times.micros.getMaxValue(),
                times.millis.getValueAtPercentile(50),
                times.millis.getValueAtPercentile(99),
                times.millis.getMaxValue()));
        return table.toString();
    }

    private static void row(StringBuilder table, String name, String format, Object... values) {
        table.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s", name))
                .append(String.format(Locale.ROOT, format, values).stripTrailing())
                .append('\n');
    }
}

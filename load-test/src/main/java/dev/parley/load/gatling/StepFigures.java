package dev.parley.load.gatling;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What each step took, on the clients' loop: in microseconds from the moment it was due, and in the whole milliseconds from
 * the moment it began, as Gatling is told. Where the first are larger, somebody had to wait for their turn.
 */
final class StepFigures {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(10);
    private static final int NAME_WIDTH = 26;

    private final Set<String> names = new HashSet<>();
    private final List<Stretch> stretches = new ArrayList<>(List.of(new Stretch("before", 0)));

    /** Of a run; {@code heapBytes} are those in use when it began, 0 if nobody knows. */
    private record Stretch(String name, long heapBytes, Map<Step, Times> byStep) {
        Stretch(String name, long heapBytes) {
            this(name, heapBytes, new EnumMap<>(Step.class));
        }
    }

    private static final class Times {
        private final Histogram micros = new Histogram(MICROS_MAX, 3);
        private final Histogram millis = new Histogram(TimeUnit.MICROSECONDS.toMillis(MICROS_MAX), 3);
        private long failed;
    }

    /** Whether nobody has asked for this name yet. */
    boolean isNew(String name) {
        return names.add(name);
    }

    /** What comes now is told under that name. */
    void begin(String name, long heapBytes) {
        stretches.add(new Stretch(name, heapBytes));
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
        return stretches.get(stretches.size() - 1).byStep.computeIfAbsent(step, first -> new Times());
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
        for (Stretch stretch : stretches) {
            if (stretches.size() > 1) {
                row(table, stretch.name, stretch.heapBytes == 0 ? "" : " live heap %,.1f MB", stretch.heapBytes / 1e6);
            }
            rows(table, stretch.byStep);
        }
        return table.toString();
    }

    private static void rows(StringBuilder table, Map<Step, Times> byStep) {
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
    }

    private static void row(StringBuilder table, String name, String format, Object... values) {
        table.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s", name))
                .append(String.format(Locale.ROOT, format, values).stripTrailing())
                .append('\n');
    }
}

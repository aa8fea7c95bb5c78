package dev.parley.load.compare;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What one window of a measurement found.
 *
 * @param offeredPerSecond of an open loop; 0: each visitor types when it was acknowledged
 * @param sinceDue from when an operation was due to its arrival at each other tab
 * @param sinceSent the same from when it left its client
 * @param skipped operations that reached a slow reader in one piece with others
 * @param unsettled what did not arrive within the time for that, in words; empty: all did
 */
record Window(
        ServerKind server,
        Shape shape,
        Measure measure,
        int round,
        double offeredPerSecond,
        Stretch stretch,
        long typed,
        long acknowledged,
        long deliveries,
        Percentiles sinceDue,
        Percentiles sinceSent,
        long refused,
        long skipped,
        long violations,
        List<String> samples,
        String unsettled) {

    /** With more of it nothing is concluded from a window. */
    static final double NOISE_PERCENT_MAX = 10;

    private static final long P99_MICROS_MAX = 100_000;
    private static final double ACKNOWLEDGED_MIN = 0.97;

    /** In microseconds. */
    record Percentiles(long p50, long p99, long p999) {
        static Percentiles of(Histogram micros) {
            return new Percentiles(
                    micros.getValueAtPercentile(50),
                    micros.getValueAtPercentile(99),
                    micros.getValueAtPercentile(99.9));
        }
    }

    boolean isQuiet() {
        return stretch.noisePercent() <= NOISE_PERCENT_MAX;
    }

    boolean isRight() {
        return violations == 0 && unsettled.isEmpty();
    }

    /** Whether the server did what it was offered. */
    boolean isKeptUpWith() {
        return isRight()
                && sinceDue.p99() < P99_MICROS_MAX
                && acknowledgedPerSecond() >= offeredPerSecond * ACKNOWLEDGED_MIN;
    }

    double acknowledgedPerSecond() {
        return acknowledged / stretch.seconds();
    }

    double serverMicrosPerDelivery() {
        return deliveries == 0 ? 0 : stretch.serverMicros() / (double) deliveries;
    }

    /** One line for a person who watches. */
    String line() {
        return String.format(
                        Locale.ROOT,
                        "%-14s %5d %-10s %2d  %9s/s offered %,10.0f/s acknowledged  p50 %,9.2f p99 %,9.2f ms  %6.1f us/delivery"
                                + "  server %3.0f%% generator %3.0f%% noise %3.0f%%",
                        server.label(),
                        shape.conversations(),
                        measure.label(),
                        round,
                        offeredPerSecond == 0 ? "closed" : String.format(Locale.ROOT, "%,.0f", offeredPerSecond),
                        acknowledgedPerSecond(),
                        sinceDue.p50() / 1e3,
                        sinceDue.p99() / 1e3,
                        serverMicrosPerDelivery(),
                        stretch.serverPercent(),
                        stretch.generatorPercent(),
                        stretch.noisePercent())
                + (refused > 0 ? "  " + refused + " refused" : "")
                + (skipped > 0 ? "  " + skipped + " skipped" : "")
                + (violations > 0 ? "  " + violations + " VIOLATIONS " + samples : "")
                + (unsettled.isEmpty() ? "" : "  NOT SETTLED " + unsettled);
    }
}

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
 * @param residentKilobytes of the server, at the end
 * @param unsettled what did not arrive within the time for that, in words; empty: all did
 * @param differs how the server is another one than it should be; empty: it is not
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
        long residentKilobytes,
        long violations,
        List<String> samples,
        String unsettled,
        String differs) {

    /** So many times its saturation is what is too much for a server. */
    static final int OVERLOAD = 2;

    /** When the generator was busier, its figures say nothing of the server. */
    private static final double GENERATOR_PERCENT_MAX = 90;

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
        return Stretch.isQuiet(stretch.noisePercent());
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

    private double serverMicrosPerOperation() {
        return acknowledged == 0 ? 0 : stretch.serverMicros() / (double) acknowledged;
    }

    private double ofSaturation() {
        return acknowledgedPerSecond() * OVERLOAD / offeredPerSecond;
    }

    private String fault() {
        if (violations > 0) {
            return violations + " violations";
        }
        if (!unsettled.isEmpty() && measure != Measure.OVERLOAD) {
            return "not everything arrived";
        }
        return differs;
    }

    /** What the window says about its measure; {@code allQuiet} tells of those that belong to it too. */
    List<Sample> samples(boolean allQuiet) {
        return switch (measure) {
            case CLOSED -> closed(allQuiet);
            case SATURATION -> List.of(sample(allQuiet, "acknowledged", "operations/s", acknowledgedPerSecond()));
            case LATENCY ->
                List.of(
                        sample(allQuiet, "delivery p50", "ms", sinceDue.p50() / 1e3),
                        sample(allQuiet, "delivery p99", "ms", sinceDue.p99() / 1e3),
                        sample(allQuiet, "server CPU per delivery", "µs", serverMicrosPerDelivery()));
            case OVERLOAD ->
                List.of(
                        sample(allQuiet, "acknowledged", "operations/s", acknowledgedPerSecond()),
                        sample(allQuiet, "acknowledged, of its saturation", "%", 100 * ofSaturation()),
                        sample(allQuiet, "delivery p99 since it was sent", "ms", sinceSent.p99() / 1e3),
                        sample(allQuiet, "resident memory", "MB", residentKilobytes / 1e3));
            case DRAFT -> offeredPerSecond == 0 ? fullDraft(allQuiet) : typedDraft(allQuiet);
            case LOG -> List.of(sample(allQuiet, "server CPU per keystroke", "µs", serverMicrosPerOperation()));
            case IDLE, STARTUP -> List.of();
        };
    }

    /** What a full server acknowledges may be delivered long after the window. */
    private List<Sample> closed(boolean allQuiet) {
        Sample acknowledged = sample(allQuiet, "acknowledged", "operations/s", acknowledgedPerSecond());
        return deliveries == 0
                ? List.of(acknowledged)
                : List.of(sample(allQuiet, "server CPU per delivery", "µs", serverMicrosPerDelivery()), acknowledged);
    }

    private List<Sample> fullDraft(boolean allQuiet) {
        return List.of(
                sample(allQuiet, "acknowledged", "operations/s", acknowledgedPerSecond()),
                sample(allQuiet, "server CPU per operation", "µs", serverMicrosPerOperation()));
    }

    private List<Sample> typedDraft(boolean allQuiet) {
        return List.of(
                sample(allQuiet, "server CPU per keystroke", "µs", serverMicrosPerOperation()),
                sample(allQuiet, "delivery p50", "ms", sinceDue.p50() / 1e3),
                sample(allQuiet, "delivery p99", "ms", sinceDue.p99() / 1e3));
    }

    private Sample sample(boolean allQuiet, String name, String unit, double value) {
        boolean isAtRate = measure == Measure.LATENCY || (measure == Measure.DRAFT && offeredPerSecond > 0);
        Quantity quantity = isAtRate
                ? Quantity.atRate(measure, shape, offeredPerSecond, name, unit)
                : Quantity.of(measure, shape, name, unit);
        boolean isBound = stretch.generatorPercent() > GENERATOR_PERCENT_MAX;
        return new Sample(server, quantity, value, allQuiet && isQuiet(), isBound, fault());
    }

    /** One line for a person who watches. */
    String line() {
        return String.format(
                        Locale.ROOT,
                        "%-14s %5d %-10s %2d  %9s/s offered %,9.0f/s acknowledged  p50 %,9.2f p99 %,9.2f ms  %5.1f µs/delivery"
                                + "  server %3.0f%% generator %3.0f%% kernel %3.0f%% noise %3.0f%%",
                        server.label(),
                        shape.writers() > 0 ? shape.writers() : shape.conversations(),
                        measure.label(),
                        round,
                        offeredPerSecond == 0 ? "closed" : String.format(Locale.ROOT, "%,.0f", offeredPerSecond),
                        acknowledgedPerSecond(),
                        sinceDue.p50() / 1e3,
                        sinceDue.p99() / 1e3,
                        serverMicrosPerDelivery(),
                        stretch.serverPercent(),
                        stretch.generatorPercent(),
                        stretch.kernelPercent(),
                        stretch.noisePercent())
                + (refused > 0 ? "  " + refused + " refused" : "")
                + (skipped > 0 ? "  " + skipped + " skipped" : "")
                + (violations > 0 ? "  " + violations + " VIOLATIONS " + samples : "")
                + (unsettled.isEmpty() ? "" : "  NOT SETTLED " + unsettled)
                + (differs.isEmpty() ? "" : "  DIFFERS " + differs);
    }

    /** All of it, for whoever wants to look again. */
    String json() {
        return new JsonLine()
                .text("kind", "window")
                .text("server", server.label())
                .number("conversations", shape.conversations())
                .number("writers", shape.writers())
                .number("entries", shape.entries())
                .text("measure", measure.label())
                .number("round", round)
                .number("offered_per_second", offeredPerSecond)
                .number("seconds", stretch.seconds())
                .number("typed", typed)
                .number("acknowledged", acknowledged)
                .number("deliveries", deliveries)
                .number("since_due_p50_micros", sinceDue.p50())
                .number("since_due_p99_micros", sinceDue.p99())
                .number("since_due_p999_micros", sinceDue.p999())
                .number("since_sent_p50_micros", sinceSent.p50())
                .number("since_sent_p99_micros", sinceSent.p99())
                .number("server_cpu_micros", stretch.serverMicros())
                .number("server_percent", stretch.serverPercent())
                .number("generator_percent", stretch.generatorPercent())
                .number("kernel_threads_percent", stretch.kernelPercent())
                .number("noise_percent", stretch.noisePercent())
                .number("refused", refused)
                .number("skipped", skipped)
                .number("resident_kilobytes", residentKilobytes)
                .number("violations", violations)
                .text("unsettled", unsettled)
                .text("differs", differs)
                .toString();
    }
}

package dev.parley.load.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures one server after the other. Owned by the thread that measures. */
final class Measurement {
    private static final int SETTLE_MILLIS_MAX = 20_000;
    private static final int OVERLOAD_LEAD_MILLIS = 3_000;
    private static final int REST_MILLIS = 4_000;
    private static final Shape FULL_DRAFT = Shape.draft(50, 0);
    private static final Shape TYPED_DRAFT = Shape.draft(8, 0);
    private static final int KEYSTROKES_PER_SECOND = 50;

    /** Typing keeps a server so little busy that its time, which Linux counts in ticks, takes longer to be known. */
    private static final int TYPED_WINDOWS = 3;

    private static final List<Integer> LOG_ENTRIES = List.of(1_000, 10_000, 100_000);
    private static final int LOG_OPERATIONS_PER_SECOND = 1_000;
    private static final int LOG_MILLIS_MAX = 300_000;
    private static final int LOG_CHECK_MILLIS = 1;

    private final Stand.Yard yard;
    private final Pace pace;
    private final List<Integer> rates;
    private final List<Integer> idleConnections;
    private final Random seeds;
    private final Observer seen;
    private final Map<String, Double> saturations = new HashMap<>();

    /** Is told of everything, also of what nothing is concluded from. */
    interface Observer {
        void line(String forPeople, String json, boolean isRight);
    }

    Measurement(
            Stand.Yard yard, Pace pace, List<Integer> rates, List<Integer> idleConnections, long seed, Observer seen) {
        this.yard = yard;
        this.pace = pace;
        this.rates = List.copyOf(rates);
        this.idleConnections = List.copyOf(idleConnections);
        this.seeds = new Random(seed);
        this.seen = seen;
    }

    /** {@code shape} is the measure's own affair where it is not {@link Measure#isShaped}. */
    List<Sample> take(Measure measure, ServerKind kind, Shape shape, int round)
            throws IOException, InterruptedException {
        return switch (measure) {
            case CLOSED -> closed(kind, shape, round);
            case SATURATION -> saturation(kind, shape, round);
            case LATENCY -> latency(kind, shape, round);
            case OVERLOAD -> overload(kind, shape, round);
            case DRAFT -> draft(kind, round);
            case LOG -> log(kind, round);
            case IDLE -> idle(kind, round);
            case STARTUP -> startUp(kind, round);
        };
    }

    private Stand stand(ServerKind kind, Shape shape) throws IOException, InterruptedException {
        Stand stand = new Stand(kind, yard, seeds.nextLong());
        try {
            stand.open(shape.conversations());
        } catch (IllegalStateException e) {
            stand.close();
            throw e;
        }
        return stand;
    }

    private Stand draftStand(ServerKind kind, Shape shape) throws IOException, InterruptedException {
        Stand stand = new Stand(kind, yard, seeds.nextLong());
        try {
            stand.openDraft(shape.writers());
        } catch (IllegalStateException e) {
            stand.close();
            throw e;
        }
        return stand;
    }

    private List<Sample> draft(ServerKind kind, int round) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        try (Stand stand = draftStand(kind, FULL_DRAFT)) {
            samples.addAll(full(stand, FULL_DRAFT, Measure.DRAFT, round));
        }
        try (Stand stand = draftStand(kind, TYPED_DRAFT)) {
            warmedUp(stand, TYPED_DRAFT);
            int perSecond = TYPED_DRAFT.writers() * KEYSTROKES_PER_SECOND;
            samples.addAll(quietStep(stand, TYPED_DRAFT, Measure.DRAFT, round, perSecond, pace.leadMillis())
                    .samples(true));
        }
        return samples;
    }

    /** In a draft of its own, after another one was written until all is compiled. */
    private List<Sample> log(ServerKind kind, int round) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        try (Stand stand = draftStand(kind, TYPED_DRAFT)) {
            warmedUp(stand, TYPED_DRAFT);
            stand.openDraft(TYPED_DRAFT.writers());
            for (int entries : LOG_ENTRIES) {
                Shape shape = Shape.draft(TYPED_DRAFT.writers(), entries);
                grow(stand, entries);
                Window window = step(stand, shape, Measure.LOG, round, LOG_OPERATIONS_PER_SECOND, 0);
                samples.addAll(window.samples(true));
            }
        }
        return samples;
    }

    /** Writes as fast as the server takes it until the log has so many entries. */
    private static void grow(Stand stand, int entries) throws InterruptedException {
        Generator generator = stand.generator();
        generator.typeClosed(1);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOG_MILLIS_MAX);
        while (generator.written() < entries) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(stand.kind().label() + " has only " + generator.written() + " entries");
            }
            Thread.sleep(LOG_CHECK_MILLIS);
        }
        generator.stopTyping();
        if (!generator.settle(SETTLE_MILLIS_MAX)) {
            throw new IllegalStateException(stand.kind().label() + " does not come to rest: " + generator.unsettled());
        }
    }

    private List<Sample> closed(ServerKind kind, Shape shape, int round) throws IOException, InterruptedException {
        try (Stand stand = stand(kind, shape)) {
            return full(stand, shape, Measure.CLOSED, round);
        }
    }

    private List<Sample> full(Stand stand, Shape shape, Measure measure, int round)
            throws IOException, InterruptedException {
        stand.generator().typeClosed(shape.depth());
        Thread.sleep(pace.warmUpMillis());
        Window window = window(stand, shape, measure, round, 0);
        for (int i = 1; i < pace.tries() && !window.isQuiet(); i++) {
            tell(window);
            window = window(stand, shape, measure, round, 0);
        }
        stand.generator().stopTyping();
        Window last = judged(stand, window);
        tell(last);
        return last.samples(true);
    }

    private List<Sample> saturation(ServerKind kind, Shape shape, int round) throws IOException, InterruptedException {
        Window best = null;
        boolean allQuiet = true;
        @Nullable Stand stand = stand(kind, shape);
        try {
            SaturationSearch search = new SaturationSearch(warmedUp(stand, shape), pace.steps());
            while (search.hasNext()) {
                Window window = quietStep(stand, shape, Measure.SATURATION, round, search.next(), pace.leadMillis());
                allQuiet &= window.isQuiet();
                search.result(window.isKeptUpWith());
                if (window.isKeptUpWith()
                        && (best == null || window.acknowledgedPerSecond() > best.acknowledgedPerSecond())) {
                    best = window;
                }
                if (!window.isRight() && search.hasNext()) {
                    stand.close();
                    stand = null;
                    stand = stand(kind, shape);
                    warmedUp(stand, shape);
                }
            }
        } finally {
            if (stand != null) {
                stand.close();
            }
        }
        if (best == null) {
            seen.line(kind.label() + " kept up with none of " + pace.steps() + " steps", "", true);
            return List.of();
        }
        saturations.put(kind.label() + shape.conversations(), best.acknowledgedPerSecond());
        return best.samples(allQuiet);
    }

    private List<Sample> latency(ServerKind kind, Shape shape, int round) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        try (Stand stand = stand(kind, shape)) {
            warmedUp(stand, shape);
            for (int rate : rates) {
                Window window = quietStep(stand, shape, Measure.LATENCY, round, rate, pace.leadMillis());
                samples.addAll(window.samples(true));
                if (!window.isRight()) {
                    break;
                }
            }
        }
        return samples;
    }

    private List<Sample> overload(ServerKind kind, Shape shape, int round) throws IOException, InterruptedException {
        Double saturation = saturations.get(kind.label() + shape.conversations());
        if (saturation == null) {
            saturation(kind, shape, round);
            saturation = saturations.get(kind.label() + shape.conversations());
        }
        if (saturation == null) {
            return List.of();
        }
        try (Stand stand = stand(kind, shape)) {
            warmedUp(stand, shape);
            Window window =
                    step(stand, shape, Measure.OVERLOAD, round, saturation * Window.OVERLOAD, OVERLOAD_LEAD_MILLIS);
            return window.samples(true);
        }
    }

    private List<Sample> idle(ServerKind kind, int round) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        try (Stand stand = new Stand(kind, yard, seeds.nextLong())) {
            Thread.sleep(REST_MILLIS);
            long start = Proc.residentKilobytes(stand.server().pid());
            for (int connections : idleConnections) {
                stand.open(connections / Shape.TABS);
                Thread.sleep(REST_MILLIS);
                long resident = Proc.residentKilobytes(stand.server().pid());
                double each = (resident - start) / (double) connections;
                long violations =
                        stand.generator().call(() -> stand.generator().tally().violations());
                seen.line(
                        String.format(
                                Locale.ROOT,
                                "%-14s %5d %-10s %2d  %,d connections: %,d KB resident, %,d at start: %.2f KB each%s",
                                kind.label(),
                                connections / Shape.TABS,
                                Measure.IDLE.label(),
                                round,
                                connections,
                                resident,
                                start,
                                each,
                                violations == 0 ? "" : "  VIOLATIONS"),
                        new JsonLine()
                                .text("kind", "idle")
                                .text("server", kind.label())
                                .number("round", round)
                                .number("connections", connections)
                                .number("resident_kilobytes", resident)
                                .number("start_kilobytes", start)
                                .number("violations", violations)
                                .text("differs", stand.differs())
                                .toString(),
                        violations == 0);
                samples.add(new Sample(
                        kind,
                        new Quantity(
                                Measure.IDLE,
                                connections,
                                String.format(Locale.ROOT, "%,d connections", connections),
                                "resident memory of each",
                                "KB"),
                        each,
                        true,
                        false,
                        violations == 0 ? stand.differs() : violations + " violations"));
            }
        }
        return samples;
    }

    private List<Sample> startUp(ServerKind kind, int round) throws IOException {
        long busyBefore = Proc.busyMicros(yard.processors().server());
        try (Stand stand = new Stand(kind, yard, seeds.nextLong())) {
            long own = stand.server().cpuMicros();
            long beside = Proc.busyMicros(yard.processors().server()) - busyBefore - own;
            long millis = stand.server().readyMillis();
            double noisePercent = 100 * beside / (millis * 1e3);
            seen.line(
                    String.format(
                            Locale.ROOT,
                            "%-14s       %-10s %2d  ready after %,d ms, noise %.0f%%",
                            kind.label(),
                            Measure.STARTUP.label(),
                            round,
                            millis,
                            noisePercent),
                    new JsonLine()
                            .text("kind", "startup")
                            .text("server", kind.label())
                            .number("round", round)
                            .number("millis", millis)
                            .number("server_cpu_micros", own)
                            .number("noise_percent", noisePercent)
                            .text("differs", stand.differs())
                            .toString(),
                    true);
            return List.of(new Sample(
                    kind,
                    new Quantity(Measure.STARTUP, 0, "an empty folder", "ready after", "ms"),
                    millis,
                    Stretch.isQuiet(noisePercent),
                    false,
                    stand.differs()));
        }
    }

    /** How many operations a second the server did while it was full. */
    private double warmedUp(Stand stand, Shape shape) throws InterruptedException {
        Generator generator = stand.generator();
        generator.typeClosed(shape.depth());
        Thread.sleep(pace.warmUpMillis());
        generator.openWindow(TimeUnit.MILLISECONDS.toNanos(pace.leadMillis()));
        Thread.sleep(pace.leadMillis());
        long acknowledged = generator.call(() -> generator.tally().acknowledged());
        generator.stopTyping();
        if (!generator.settle(SETTLE_MILLIS_MAX)) {
            throw new IllegalStateException(stand.kind().label() + " does not come to rest: " + generator.unsettled());
        }
        return Math.max(1, acknowledged * 1_000.0 / pace.leadMillis());
    }

    /** Again while others disturb it, a few times. */
    private Window quietStep(Stand stand, Shape shape, Measure measure, int round, double perSecond, int leadMillis)
            throws IOException, InterruptedException {
        Window window = step(stand, shape, measure, round, perSecond, leadMillis);
        for (int i = 1; i < pace.tries() && !window.isQuiet() && window.isRight(); i++) {
            window = step(stand, shape, measure, round, perSecond, leadMillis);
        }
        return window;
    }

    /** One window at a rate, and all that belongs to it. */
    private Window step(Stand stand, Shape shape, Measure measure, int round, double perSecond, int leadMillis)
            throws IOException, InterruptedException {
        stand.generator().typeOpen(perSecond);
        Thread.sleep(leadMillis);
        Window window = window(stand, shape, measure, round, perSecond);
        stand.generator().stopTyping();
        Window judged = judged(stand, window);
        tell(judged);
        return judged;
    }

    private void tell(Window window) {
        seen.line(window.line(), window.json(), window.violations() == 0);
    }

    private Window window(Stand stand, Shape shape, Measure measure, int round, double perSecond)
            throws IOException, InterruptedException {
        Generator generator = stand.generator();
        Stretch.Mark from = Stretch.Mark.beginning(stand.server(), yard.processors());
        int millis = pace.windowMillis() * (measure.isOfDrafts() && perSecond > 0 ? TYPED_WINDOWS : 1);
        generator.openWindow(TimeUnit.MILLISECONDS.toNanos(millis));
        Thread.sleep(millis);
        Stretch.Mark to = Stretch.Mark.end(stand.server(), yard.processors());
        long resident = Proc.residentKilobytes(stand.server().pid());
        return read(stand, shape, measure, round, perSecond, Stretch.between(from, to), resident, "");
    }

    /** The window with what arrived late, once all has or the time for that is over. */
    private static Window judged(Stand stand, Window window) throws InterruptedException {
        Generator generator = stand.generator();
        String unsettled = generator.settle(SETTLE_MILLIS_MAX) ? "" : generator.unsettled();
        return read(
                stand,
                window.shape(),
                window.measure(),
                window.round(),
                window.offeredPerSecond(),
                window.stretch(),
                window.residentKilobytes(),
                unsettled);
    }

    private static Window read(
            Stand stand,
            Shape shape,
            Measure measure,
            int round,
            double perSecond,
            Stretch stretch,
            long residentKilobytes,
            String unsettled) {
        return stand.generator().call(() -> {
            Tally tally = stand.generator().tally();
            return new Window(
                    stand.kind(),
                    shape,
                    measure,
                    round,
                    perSecond,
                    stretch,
                    tally.typed(),
                    tally.acknowledged(),
                    tally.deliveries(),
                    Window.Percentiles.of(tally.sinceDueMicros()),
                    Window.Percentiles.of(tally.sinceSentMicros()),
                    tally.refused(),
                    tally.skipped(),
                    residentKilobytes,
                    tally.violations(),
                    tally.samples(),
                    unsettled,
                    stand.differs());
        });
    }
}

package dev.parley.load.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the windows of one measure of one server. Owned by the thread that measures. */
final class Measurement {
    private static final int STEPS = 5;
    private static final int TRIES = 3;
    private static final int SETTLE_MILLIS_MAX = 20_000;

    private final Stand.Yard yard;
    private final Pace pace;
    private final Random seeds;
    private final Consumer<Window> seen;

    /** How long a window is, how long it goes on like that before, and how long the server is warmed up. */
    public record Pace(int windowMillis, int leadMillis, int warmUpMillis) {
        public static final Pace FULL = new Pace(3_000, 1_000, 8_000);
        public static final Pace QUICK = new Pace(2_000, 500, 4_000);
    }

    /** {@code seen} gets every window, those too that nothing is concluded from. */
    Measurement(Stand.Yard yard, Pace pace, long seed, Consumer<Window> seen) {
        this.yard = yard;
        this.pace = pace;
        this.seeds = new Random(seed);
        this.seen = seen;
    }

    /** The windows that the measure's figure comes from. */
    List<Window> take(Measure measure, ServerKind kind, Shape shape, int round)
            throws IOException, InterruptedException {
        return switch (measure) {
            case CLOSED -> closed(kind, shape, round);
            case SATURATION -> saturation(kind, shape, round).stream().toList();
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

    private List<Window> closed(ServerKind kind, Shape shape, int round) throws IOException, InterruptedException {
        try (Stand stand = stand(kind, shape)) {
            stand.generator().typeClosed(shape.depth());
            Thread.sleep(pace.warmUpMillis());
            List<Window> windows = new ArrayList<>();
            do {
                windows.add(window(stand, shape, Measure.CLOSED, round, 0));
            } while (windows.size() < TRIES && !windows.get(windows.size() - 1).isQuiet());
            stand.generator().stopTyping();
            Window last = judged(stand, windows.get(windows.size() - 1));
            windows.subList(0, windows.size() - 1).forEach(seen);
            seen.accept(last);
            return List.of(last);
        }
    }

    /** The best step that the server kept up with; none if it kept up with no step. */
    private Optional<Window> saturation(ServerKind kind, Shape shape, int round)
            throws IOException, InterruptedException {
        Window best = null;
        @Nullable Stand stand = stand(kind, shape);
        try {
            SaturationSearch search = new SaturationSearch(warmedUp(stand, shape), STEPS);
            while (search.hasNext()) {
                Window window = step(stand, shape, Measure.SATURATION, round, search.next());
                for (int i = 1;
                        i < TRIES && !window.isQuiet() && window.unsettled().isEmpty();
                        i++) {
                    window = step(stand, shape, Measure.SATURATION, round, search.next());
                }
                search.result(window.isKeptUpWith());
                if (window.isKeptUpWith()
                        && (best == null || window.acknowledgedPerSecond() > best.acknowledgedPerSecond())) {
                    best = window;
                }
                if (!window.unsettled().isEmpty() && search.hasNext()) {
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
        return Optional.ofNullable(best);
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

    /** One window at a rate, and all that belongs to it. */
    private Window step(Stand stand, Shape shape, Measure measure, int round, double perSecond)
            throws InterruptedException {
        stand.generator().typeOpen(perSecond);
        Thread.sleep(pace.leadMillis());
        Window window = window(stand, shape, measure, round, perSecond);
        stand.generator().stopTyping();
        Window judged = judged(stand, window);
        seen.accept(judged);
        return judged;
    }

    private Window window(Stand stand, Shape shape, Measure measure, int round, double perSecond)
            throws InterruptedException {
        Generator generator = stand.generator();
        Stretch.Mark from = Stretch.Mark.now(stand.server(), yard.processors());
        generator.openWindow(TimeUnit.MILLISECONDS.toNanos(pace.windowMillis()));
        Thread.sleep(pace.windowMillis());
        Stretch.Mark to = Stretch.Mark.now(stand.server(), yard.processors());
        return read(stand, shape, measure, round, perSecond, Stretch.between(from, to), "");
    }

    /** The window with what arrived late, once all has or the time for that is over. */
    private Window judged(Stand stand, Window window) throws InterruptedException {
        Generator generator = stand.generator();
        String unsettled = generator.settle(SETTLE_MILLIS_MAX) ? "" : generator.unsettled();
        return read(
                stand,
                window.shape(),
                window.measure(),
                window.round(),
                window.offeredPerSecond(),
                window.stretch(),
                unsettled);
    }

    private static Window read(
            Stand stand, Shape shape, Measure measure, int round, double perSecond, Stretch stretch, String unsettled) {
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
                    tally.violations(),
                    tally.samples(),
                    unsettled);
        });
    }
}

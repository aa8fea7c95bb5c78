package dev.parley.load.compare;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What happens in one window, and what was wrong at any time. On the generator's loop. */
final class Tally {
    private static final long MICROS_MAX = 600_000_000;
    private static final int VIOLATIONS_KEPT = 5;

    private long startNanos = Long.MAX_VALUE;
    private long endNanos = Long.MAX_VALUE;
    private long typed;
    private long acknowledged;
    private long deliveries;
    private long refused;
    private long skipped;
    private final Histogram sinceDueMicros = new Histogram(MICROS_MAX, 3);
    private final Histogram sinceSentMicros = new Histogram(MICROS_MAX, 3);
    private long violations;
    private final List<String> samples = new ArrayList<>();

    /** Times count from here on for {@code nanos}: of what falls due in it, whenever that arrives. */
    void open(long now, long nanos) {
        startNanos = now;
        endNanos = now + nanos;
        typed = 0;
        acknowledged = 0;
        deliveries = 0;
        refused = 0;
        skipped = 0;
        sinceDueMicros.reset();
        sinceSentMicros.reset();
    }

    private boolean isOpen(long nanos) {
        return nanos >= startNanos && nanos < endNanos;
    }

    void typed(long dueNanos) {
        typed += isOpen(dueNanos) ? 1 : 0;
    }

    void acknowledged(long now) {
        acknowledged += isOpen(now) ? 1 : 0;
    }

    void delivered(long dueNanos, long sentNanos, long now) {
        deliveries += isOpen(now) ? 1 : 0;
        if (isOpen(dueNanos)) {
            sinceDueMicros.recordValue(micros(now - dueNanos));
        }
        if (isOpen(sentNanos)) {
            sinceSentMicros.recordValue(micros(now - sentNanos));
        }
    }

    private static long micros(long nanos) {
        return Math.min(MICROS_MAX, Math.max(0, nanos / 1_000));
    }

    void refused(long now) {
        refused += isOpen(now) ? 1 : 0;
    }

    /** So many operations reached a slow reader as what they made, not one by one. */
    void skipped(long operations) {
        skipped += operations;
    }

    void violation(String what) {
        violations++;
        if (samples.size() < VIOLATIONS_KEPT) {
            samples.add(what);
        }
    }

    long typed() {
        return typed;
    }

    long acknowledged() {
        return acknowledged;
    }

    long deliveries() {
        return deliveries;
    }

    long refused() {
        return refused;
    }

    long skipped() {
        return skipped;
    }

    /** From when it was due to each other tab. */
    Histogram sinceDueMicros() {
        return sinceDueMicros;
    }

    /** From when it left its client. */
    Histogram sinceSentMicros() {
        return sinceSentMicros;
    }

    long violations() {
        return violations;
    }

    /** The first of them, in words. */
    List<String> samples() {
        return List.copyOf(samples);
    }
}

package dev.parley.gateway.shard;

import java.util.random.RandomGenerator;

/**
 * When a node that shares a conversation with others appends to it again. Owned by its shard.
 *
 * <p>The first loss is tried again at once. From the second on the shard waits before it loads, with full jitter in a window
 * that doubles, so that the time between reading the head and comparing it stays as short as it can be; what arrives
 * meanwhile is decided with the rest. A node that wins is the one that makes others lose: it rests for a moment after it
 * wrote where others write, and after several appends without a pause in any case, since who always loses is not seen.
 */
final class Retry {
    /** With the waits in between, about a second. */
    private static final int LOSSES_MAX = 20;

    private static final int APPENDS_IN_A_ROW_MAX = 8;
    private static final long WINDOW_MILLIS = 4;
    private static final long WINDOW_MILLIS_MAX = 128;

    private final RandomGenerator random;

    Retry(RandomGenerator random) {
        this.random = random;
    }

    /** Whether so many losses in a row are enough. */
    static boolean isHopeless(int losses) {
        return losses >= LOSSES_MAX;
    }

    long delayMillis(int losses) {
        if (losses <= 1) {
            return 0;
        }
        long window = losses < Long.SIZE / 2 ? WINDOW_MILLIS << (losses - 2) : WINDOW_MILLIS_MAX;
        return random.nextLong(1 + Math.min(window, WINDOW_MILLIS_MAX));
    }

    /** Whether the others' turn is due. */
    static boolean mustRest(boolean othersWrite, int appendsInARow) {
        return othersWrite || appendsInARow >= APPENDS_IN_A_ROW_MAX;
    }

    long restMillis() {
        return 1 + random.nextLong(WINDOW_MILLIS);
    }
}

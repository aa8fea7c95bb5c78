package dev.parley.gateway.shard;

import java.util.random.RandomGenerator;

/**
 * When a node that shares a conversation with others appends to it again. Owned by its shard.
 *
 * <p>A node that wins is the one that makes others lose, and it does not see them: so it rests after some appends in a row,
 * until it hears of another's entry, at most for as long as another needs to read, decide and append. Where others write it
 * rests after each append, so that the nodes take turns and each append has all that waits. Every rest in vain doubles how
 * many appends it makes before the next, which is longer, so that another meets it however slow it is. Who lost tries again
 * at once, since it is the rest that it has to meet; after some losses it waits with full jitter before it reads, in a window
 * that doubles.
 */
final class Retry {
    /** Appends in a row before the first rest of a node that has not heard of others. */
    static final int PATIENCE_ALONE = 8;

    static final int PATIENCE_MAX = 256;

    /** With the waits in between, more than a second. */
    private static final int LOSSES_MAX = 100;

    private static final int LOSSES_PER_LOAD = 4;
    private static final int LOSSES_AT_ONCE = 8;
    private static final long WINDOW_MILLIS = 2;
    private static final long WINDOW_MILLIS_MAX = 8;
    private static final long REST_MILLIS = 4;
    private static final long REST_MILLIS_MAX = 128;
    private static final int APPENDS_PER_REST = 4;
    private static final int PATIENCE_PER_MILLI = 8;

    private final RandomGenerator random;

    Retry(RandomGenerator random) {
        this.random = random;
    }

    /** Whether it looks as if the others' entries were not all that is in the way: the rows of outboxes are loaded too. */
    static boolean mustLearn(int losses) {
        return losses % LOSSES_PER_LOAD == 0;
    }

    /** Whether so many losses in a row are enough. */
    static boolean isHopeless(int losses) {
        return losses >= LOSSES_MAX;
    }

    long delayMillis(int losses) {
        if (losses <= LOSSES_AT_ONCE) {
            return 0;
        }
        int doublings = Math.min(losses - LOSSES_AT_ONCE - 1, Long.SIZE / 2);
        return random.nextLong(1 + Math.min(WINDOW_MILLIS << doublings, WINDOW_MILLIS_MAX));
    }

    /** After so many appends in a row, of which the last took {@code appendMillis}. */
    long restMillis(int patience, long appendMillis) {
        long turn = Math.max(0, Math.min(APPENDS_PER_REST * appendMillis, REST_MILLIS_MAX));
        return turn + 1 + patience / PATIENCE_PER_MILLI + random.nextLong(REST_MILLIS);
    }
}

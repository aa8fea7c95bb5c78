package dev.parley.load.compare;

/**
 * How thorough a comparison is.
 *
 * @param leadMillis how long it goes on like that before a window
 * @param warmUpMillis how long a server is full before its first window
 * @param steps in which a saturation is searched for
 * @param tries for a window that is not quiet
 */
public record Pace(int windowMillis, int leadMillis, int warmUpMillis, int steps, int tries) {
    public static final Pace FULL = new Pace(3_000, 1_000, 15_000, 8, 3);
    public static final Pace QUICK = new Pace(2_000, 500, 5_000, 7, 1);
}

package dev.parley.load.compare;

/**
 * Finds the highest rate that a server keeps up with, in a number of steps: up while steps pass, faster and faster, then
 * between what passed and what did not. For one thread.
 */
final class SaturationSearch {
    private static final double FIRST = 0.85;
    private static final double UP = 1.2;

    private final int steps;
    private double passed;
    private double failed = Double.POSITIVE_INFINITY;
    private double up = UP;
    private double next;
    private int made;

    /** {@code estimate}: operations a second that the server did when it was full. */
    SaturationSearch(double estimate, int steps) {
        if (estimate <= 0 || steps < 1) {
            throw new IllegalArgumentException("an estimate of " + estimate + " in " + steps + " steps");
        }
        this.steps = steps;
        next = estimate * FIRST;
    }

    boolean hasNext() {
        return made < steps;
    }

    /** Operations a second to offer now. */
    double next() {
        return next;
    }

    void result(boolean isKeptUpWith) {
        made++;
        if (isKeptUpWith) {
            passed = next;
        } else {
            failed = next;
        }
        if (Double.isInfinite(failed)) {
            next = passed * up;
            up *= up;
        } else {
            next = (passed + failed) / 2;
        }
    }
}

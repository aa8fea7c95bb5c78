package dev.parley.load.compare;

import java.util.Comparator;

/**
 * One thing that is measured: what a line of the table is about.
 *
 * @param at what it was measured at, such as a number of conversations or a rate
 */
record Quantity(Measure measure, int order, String at, String name, String unit) implements Comparable<Quantity> {
    private static final Comparator<Quantity> ORDER = Comparator.comparing(Quantity::measure)
            .thenComparing(Quantity::order)
            .thenComparing(Quantity::at)
            .thenComparing(Quantity::name);

    static Quantity of(Measure measure, Shape shape, String name, String unit) {
        return new Quantity(measure, order(shape), shape.inWords(), name, unit);
    }

    static Quantity atRate(Measure measure, Shape shape, double perSecond, String name, String unit) {
        int rate = (int) Math.round(perSecond);
        return new Quantity(
                measure,
                order(shape) * 1_000 + rate / 1_000,
                shape.inWords() + ", " + rate + " operations/s",
                name,
                unit);
    }

    private static int order(Shape shape) {
        return shape.conversations() + shape.entries();
    }

    @Override
    public int compareTo(Quantity other) {
        return ORDER.compare(this, other);
    }
}

package dev.parley.crdt;

import java.util.Comparator;

/** One event: the {@code number}th of a replica, from 1. */
public record Dot(String replica, long number) implements Comparable<Dot> {
    public static final int REPLICA_LENGTH_MAX = 128;

    private static final Comparator<Dot> ORDER =
            Comparator.comparing(Dot::replica).thenComparingLong(Dot::number);

    public Dot {
        if (replica.isEmpty() || replica.length() > REPLICA_LENGTH_MAX || number < 1) {
            throw new IllegalArgumentException("no event is the " + number + "th of " + replica);
        }
    }

    @Override
    public int compareTo(Dot other) {
        return ORDER.compare(this, other);
    }
}

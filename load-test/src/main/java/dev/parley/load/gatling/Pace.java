package dev.parley.load.gatling;

import java.util.concurrent.TimeUnit;

/** So many of something, each due at its time whether or not the gateway keeps up. */
public record Pace(int count, double perSecond) {
    public Pace {
        if (count < 1 || !(perSecond > 0)) {
            throw new IllegalArgumentException("a pace has a count and a rate");
        }
    }

    long intervalNanos() {
        return (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
}

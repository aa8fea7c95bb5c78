package dev.parley.gateway.assistant;

import java.time.InstantSource;

/** Lets so many pass in a second, and a burst after a pause. Owned by one thread. */
final class TokenBucket {
    private final InstantSource clock;
    private final double perMilli;
    private final double burst;
    private double tokens;
    private long atMillis;

    TokenBucket(InstantSource clock, int perSecond, int burst) {
        this.clock = clock;
        this.perMilli = perSecond / 1_000.0;
        this.burst = burst;
        this.tokens = burst;
        this.atMillis = clock.millis();
    }

    /** Zero after taking one, else how long to wait before the next try. */
    long takeOrWaitMillis() {
        long now = clock.millis();
        tokens = Math.min(burst, tokens + Math.max(0, now - atMillis) * perMilli);
        atMillis = now;
        if (tokens >= 1) {
            tokens--;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - tokens) / perMilli));
    }
}

package dev.parley.gateway.presence;

/** So many requests a second, and as many at once after a pause. Used by one thread. */
final class Allowance {
    private static final long SECOND_MILLIS = 1_000;

    private final int perSecond;
    private long balanceMillis;
    private long lastMillis;
    private long refusedMillis = Long.MIN_VALUE;

    Allowance(int perSecond, long nowMillis) {
        this.perSecond = perSecond;
        this.balanceMillis = SECOND_MILLIS * perSecond;
        this.lastMillis = nowMillis;
    }

    /** Takes one. */
    Outcome take(long nowMillis) {
        long passedMillis = Math.max(0, nowMillis - lastMillis);
        lastMillis = nowMillis;
        balanceMillis =
                Math.min(SECOND_MILLIS * perSecond, balanceMillis + Math.min(passedMillis, SECOND_MILLIS) * perSecond);
        if (balanceMillis >= SECOND_MILLIS) {
            balanceMillis -= SECOND_MILLIS;
            return Outcome.DONE;
        }
        // Who floods is told once a second: answers to each request would only double the flood.
        boolean isTold = refusedMillis != Long.MIN_VALUE && nowMillis - refusedMillis < SECOND_MILLIS;
        if (isTold) {
            return Outcome.IGNORED;
        }
        refusedMillis = nowMillis;
        return Outcome.TOO_MANY;
    }
}

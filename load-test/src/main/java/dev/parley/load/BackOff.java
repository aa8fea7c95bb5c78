package dev.parley.load;

import java.util.random.RandomGenerator;

/** How long to wait before the next try: full jitter under a ceiling that doubles, unless the gateway said. */
final class BackOff {
    private final RandomGenerator random;
    private final int firstMillis;
    private final int ceilingMillis;
    private int tries;
    private int dictatedMillis = -1;

    BackOff(RandomGenerator random, int firstMillis, int ceilingMillis) {
        this.random = random;
        this.firstMillis = firstMillis;
        this.ceilingMillis = ceilingMillis;
    }

    int nextMillis() {
        if (dictatedMillis >= 0) {
            int dictated = dictatedMillis;
            dictatedMillis = -1;
            return dictated;
        }
        long ceiling = Math.min(ceilingMillis, (long) firstMillis << Math.min(tries++, 20));
        return random.nextInt((int) ceiling + 1);
    }

    /** The next wait is as long as the gateway wants. */
    void dictate(int millis) {
        dictatedMillis = millis;
    }

    /** The connection works. */
    void reset() {
        tries = 0;
        dictatedMillis = -1;
    }
}

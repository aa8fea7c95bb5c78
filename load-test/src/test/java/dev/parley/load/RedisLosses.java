package dev.parley.load;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many percent of the messages on Redis's channels disappear, and of how many percent of its replies only the beginning
 * arrives before the connection is reset. Decides on the proxy's loop; the counts are for any thread.
 */
record RedisLosses(
        int messagesPercent, int repliesPercent, SplittableRandom random, AtomicLong messages, AtomicLong replies) {
    static final RedisLosses NONE = of(0, 0, new SplittableRandom(0));

    static RedisLosses of(int messagesPercent, int repliesPercent, SplittableRandom random) {
        return new RedisLosses(messagesPercent, repliesPercent, random, new AtomicLong(), new AtomicLong());
    }

    boolean losesMessage() {
        return happens(messagesPercent, messages);
    }

    boolean losesReply() {
        return happens(repliesPercent, replies);
    }

    private boolean happens(int percent, AtomicLong count) {
        boolean happens = percent > 0 && random.nextInt(100) < percent;
        if (happens) {
            count.incrementAndGet();
        }
        return happens;
    }
}

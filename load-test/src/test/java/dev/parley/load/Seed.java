package dev.parley.load;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Where the randomness of a test comes from: {@code -Dparley.seed=N} or {@code PARLEY_SEED=N}, else a printed number. */
record Seed(long value) {
    static Seed of(Class<?> test) {
        String given = firstOf(System.getProperty("parley.seed"), System.getenv("PARLEY_SEED"));
        Seed seed =
                new Seed(given == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : Long.parseLong(given));
        System.out.println("-Dparley.seed=" + seed.value + "  " + test.getSimpleName());
        return seed;
    }

    private static @Nullable String firstOf(@Nullable String property, @Nullable String environment) {
        return property == null || property.isEmpty() ? environment : property;
    }

    SplittableRandom random() {
        return new SplittableRandom(value);
    }
}

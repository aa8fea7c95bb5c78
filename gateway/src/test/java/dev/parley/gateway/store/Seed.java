package dev.parley.gateway.store;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Where the randomness of a test comes from, as a parameter of the test method. {@code -Dparley.seed=N} or {@code
 * PARLEY_SEED=N} repeats a run; each use prints the number to pass.
 */
public record Seed(long value) {

    public SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** Gives test methods their seed and prints it. */
    public static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Seed.class;
        }

        @Override
        public Seed resolveParameter(ParameterContext parameter, ExtensionContext context) {
            @Nullable String given = System.getProperty("parley.seed", System.getenv("PARLEY_SEED"));
            long value = given == null ? ThreadLocalRandom.current().nextLong(1L << 40) : Long.parseLong(given);
            System.out.println("-Dparley.seed=" + value + "  "
                    + context.getRequiredTestClass().getSimpleName() + ": " + context.getDisplayName());
            return new Seed(value);
        }
    }
}

package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BackOffTest {
    private static final Seed SEED = Seed.of(BackOffTest.class);

    private final BackOff backOff = new BackOff(SEED.random(), 100, 1_000);

    @Test
    void waitsAnywhereUnderACeilingThatDoublesUpToItsLimit() {
        for (int ceiling : new int[] {100, 200, 400, 800, 1_000, 1_000}) {
            assertThat(backOff.nextMillis()).isBetween(0, ceiling);
        }
    }

    @Test
    void staysUnderItsLimitHoweverOftenItIsTried() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(backOff.nextMillis()).isBetween(0, 1_000);
        }
    }

    @Test
    void waitsOnceAsLongAsTheGatewaySays() {
        backOff.dictate(30_000);

        assertThat(backOff.nextMillis()).isEqualTo(30_000);
        assertThat(backOff.nextMillis()).isBetween(0, 100);
    }

    @Test
    void startsAnewWhenAConnectionWorked() {
        for (int i = 0; i < 10; i++) {
            backOff.nextMillis();
        }
        backOff.reset();

        assertThat(backOff.nextMillis()).isBetween(0, 100);
    }
}

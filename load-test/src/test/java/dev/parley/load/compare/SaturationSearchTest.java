package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Where a server that keeps up with so much and no more is found. */
final class SaturationSearchTest {
    @Test
    void comesCloseToWhatTheServerKeepsUpWith() {
        assertThat(found(10_000, 10_000, 5)).isCloseTo(10_000, within(800.0));
    }

    @Test
    void goesOnUpWhereTheServerDoesMoreThanItDidWhenItWasFull() {
        assertThat(found(10_000, 16_000, 6)).isCloseTo(16_000, within(2_000.0));
    }

    @Test
    void findsSeveralTimesWhatTheServerDidWhenItWasFull() {
        assertThat(found(10_000, 90_000, 8)).isCloseTo(90_000, within(15_000.0));
    }

    @Test
    void goesDownWhereTheServerDoesFarLess() {
        assertThat(found(10_000, 3_000, 6)).isCloseTo(3_000, within(700.0));
    }

    @Test
    void neverOffersMoreThanWhatFailed() {
        SaturationSearch search = new SaturationSearch(1_000, 5);
        search.result(true);
        double failed = search.next();
        search.result(false);
        while (search.hasNext()) {
            assertThat(search.next()).isLessThan(failed);
            search.result(false);
        }
    }

    @Test
    void takesAsManyStepsAsItMay() {
        SaturationSearch search = new SaturationSearch(1_000, 3);
        int steps = 0;
        while (search.hasNext()) {
            search.result(steps++ == 1);
        }

        assertThat(steps).isEqualTo(3);
    }

    @Test
    void needsSomethingToBeginWith() {
        assertThatThrownBy(() -> new SaturationSearch(0, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SaturationSearch(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double found(double estimate, double limit, int steps) {
        SaturationSearch search = new SaturationSearch(estimate, steps);
        double best = 0;
        while (search.hasNext()) {
            double offered = search.next();
            boolean isKeptUpWith = offered <= limit;
            best = isKeptUpWith ? Math.max(best, offered) : best;
            search.result(isKeptUpWith);
        }
        return best;
    }
}

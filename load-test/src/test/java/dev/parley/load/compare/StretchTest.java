package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What is whose of the time of two processors. */
final class StretchTest {
    @Test
    void noiseIsWhatNobodyHereDid() {
        Stretch.Mark from = new Stretch.Mark(1_000_000_000, 10_000, 20_000, 5_000, 1_000_000);
        Stretch.Mark to = new Stretch.Mark(3_000_000_000L, 1_810_000, 1_020_000, 105_000, 4_100_000);

        Stretch stretch = Stretch.between(from, to);

        assertThat(stretch.seconds()).isEqualTo(2);
        assertThat(stretch.serverMicros()).isEqualTo(1_800_000);
        assertThat(stretch.serverPercent()).isCloseTo(90, within(1e-9));
        assertThat(stretch.generatorPercent()).isCloseTo(50, within(1e-9));
        assertThat(stretch.kernelPercent()).isCloseTo(5, within(1e-9));
        assertThat(stretch.noisePercent()).isCloseTo(10, within(1e-9));
    }

    @Test
    void aWindowIsQuietWhereTheTimesAddUp() {
        assertThat(Stretch.isQuiet(9.9)).isTrue();
        assertThat(Stretch.isQuiet(-9.9)).isTrue();
        assertThat(Stretch.isQuiet(10.1)).isFalse();
        assertThat(Stretch.isQuiet(-30)).isFalse();
    }
}

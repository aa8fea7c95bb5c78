package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a ratio may be told, and what else is told instead. */
final class ReportTest {
    private static final Quantity RATE =
            Quantity.of(Measure.SATURATION, new Shape(200), "acknowledged", "operations/s");

    private final List<Sample> samples = new ArrayList<>();

    @Test
    void relatesMediansOfFiveQuietWindows() {
        quiet(ServerKind.PARLEY, 10, 20, 30, 1_000, 1);
        quiet(ServerKind.NETTY, 40, 40, 40, 40, 40);

        assertThat(ratio()).isEqualTo("0.50");
    }

    @Test
    void marksARatioOfFewerQuietWindows() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20);
        quiet(ServerKind.NETTY, 40, 40, 40, 40, 40);

        assertThat(ratio()).isEqualTo("~0.50 (4 quiet)");
    }

    @Test
    void takesNoNoisyWindowIntoAMedian() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        quiet(ServerKind.NETTY, 40, 40, 40, 40, 40);
        for (int i = 0; i < 10; i++) {
            samples.add(new Sample(ServerKind.NETTY, RATE, 1, false, false, ""));
        }

        assertThat(ratio()).isEqualTo("0.50");
        assertThat(report().finding(RATE, ServerKind.NETTY).orElseThrow().quiet())
                .isEqualTo(5);
        assertThat(report().finding(RATE, ServerKind.NETTY).orElseThrow().taken())
                .isEqualTo(15);
    }

    @Test
    void hasNoRatioWhereNoWindowWasQuiet() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        samples.add(new Sample(ServerKind.NETTY, RATE, 1, false, false, ""));

        assertThat(ratio()).isEqualTo("– (no quiet window)");
        assertThat(report().markdown()).contains("(noisy: 1.00 operations/s) | 0 of 1");
    }

    @Test
    void hasNoRatioWhereTheGeneratorWasFullAndMarksTheBound() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        quiet(ServerKind.NETTY, 40, 40, 40, 40);
        samples.add(new Sample(ServerKind.NETTY, RATE, 41, true, true, ""));

        assertThat(ratio()).isEqualTo("– (generator full)");
        assertThat(report().markdown()).contains("| ≥ 40.0 operations/s |");
    }

    @Test
    void hasNoRatioWhereTheCheckerFoundSomething() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        samples.add(new Sample(ServerKind.PARLEY, RATE, 20, true, false, "2 violations"));
        quiet(ServerKind.NETTY, 40, 40, 40, 40, 40);

        assertThat(ratio()).isEqualTo("– (2 violations)");
    }

    @Test
    void hasNoRatioWhereAServerIsAnotherThanItShouldBe() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        samples.add(new Sample(ServerKind.NETTY, RATE, 40, true, false, "runs with ws=7 instead of ws=8"));

        assertThat(ratio()).isEqualTo("– (runs with ws=7 instead of ws=8)");
    }

    @Test
    void saysNothingOfAServerThatWasNotMeasured() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);

        assertThat(ratio()).isEmpty();
        assertThat(report().markdown()).doesNotContain("Netty");
    }

    @Test
    void hasOneTableForAMeasureAndOneColumnForEachParley() {
        quiet(ServerKind.PARLEY, 20, 20, 20, 20, 20);
        quiet(ServerKind.PARLEY_PROCESS, 30, 30, 30, 30, 30);
        quiet(ServerKind.NETTY, 40, 40, 40, 40, 40);

        assertThat(report().markdown()).isEqualTo("""
                        **saturation**: operations a second with a delivery p99 under 100 ms

                        | what | server | median | quiet windows | parley ÷ it | parley-process ÷ it |
                        |---|---|--:|--:|--:|--:|
                        | acknowledged, 200 conversations | Parley, RocksDB, level disk | 20.0 operations/s | 5 of 5 |  | 1.50 |
                        | acknowledged, 200 conversations | Parley, RocksDB, level process | 30.0 operations/s | 5 of 5 | 0.67 |  |
                        | acknowledged, 200 conversations | Netty broadcaster, stock codecs | 40.0 operations/s | 5 of 5 | 0.50 | 0.75 |
                        """);
    }

    @Test
    void isInTheMiddleOfAnEvenNumber() {
        assertThat(Report.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }

    private void quiet(ServerKind server, double... values) {
        for (double value : values) {
            samples.add(new Sample(server, RATE, value, true, false, ""));
        }
    }

    private String ratio() {
        return report().ratio(RATE, ServerKind.PARLEY, ServerKind.NETTY);
    }

    private Report report() {
        return new Report(List.of(ServerKind.PARLEY, ServerKind.PARLEY_PROCESS, ServerKind.NETTY), samples);
    }
}

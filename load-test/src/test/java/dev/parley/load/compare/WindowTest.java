package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a window says about its measure. */
final class WindowTest {
    @Test
    void whereNothingWasDeliveredNothingIsSaidOfWhatADeliveryCosts() {
        assertThat(names(window(4_000))).containsExactly("server CPU per delivery", "acknowledged");
        assertThat(names(window(0))).containsExactly("acknowledged");
    }

    private static List<String> names(Window window) {
        return window.samples(true).stream()
                .map(sample -> sample.quantity().name())
                .toList();
    }

    private static Window window(long deliveries) {
        Window.Percentiles none = new Window.Percentiles(0, 0, 0);
        return new Window(
                ServerKind.HOCUSPOCUS,
                new Shape(2_500),
                Measure.CLOSED,
                1,
                0,
                new Stretch(1, 1_000_000, 100, 20, 1, 2),
                2_000,
                2_000,
                deliveries,
                none,
                none,
                0,
                0,
                0,
                0,
                List.of(),
                "",
                "");
    }
}

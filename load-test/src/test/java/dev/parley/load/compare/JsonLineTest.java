package dev.parley.load.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A line of raw results. */
final class JsonLineTest {
    @Test
    void escapesWhatTextMayHave() {
        assertThat(new JsonLine().text("a", "say \"x\\y\"\n").number("b", 3).number("c", 1.5))
                .hasToString("{\"a\":\"say \\\"x\\\\y\\\"\\u000a\",\"b\":3,\"c\":1.500}");
    }

    @Test
    void mayBeEmpty() {
        assertThat(new JsonLine()).hasToString("{}");
    }
}

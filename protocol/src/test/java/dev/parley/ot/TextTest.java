package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
    private static final String FAMILY = "👩‍👩‍👧";

    @Test
    void lengthCountsCodePoints() {
        assertThat(Text.of("").length()).isZero();
        assertThat(Text.of("abc").length()).isEqualTo(3);
        assertThat(Text.of("中文").length()).isEqualTo(2);
        assertThat(Text.of("😀").length()).isEqualTo(1);
        assertThat(Text.of(FAMILY).length()).isEqualTo(5);
        assertThat(Text.of("e\u0301").length()).isEqualTo(2);
        assertThat(Text.of("\uD800\uDC00\uDBFF\uDFFF").length()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D",
                "\uDE00",
                "a\uD83D",
                "\uD83Da",
                "\uDE00\uD83D",
                "\uD83D\uD83D\uDE00",
                "😀\uDE00",
                "\uD83D😀"
            })
    void aLoneSurrogateIsNoText(String illFormed) {
        assertThat(Text.isWellFormed(illFormed)).isFalse();
        assertThatThrownBy(() -> Text.of(illFormed)).isInstanceOf(IllFormedTextException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "\u0000", "\uFFFE", "\uFFFF", "\uFEFF", "😀", "a😀b", "😀😀", FAMILY, "\uD800\uDC00"})
    void whatHasNoLoneSurrogateIsText(String wellFormed) {
        assertThat(Text.isWellFormed(wellFormed)).isTrue();
        assertThat(Text.of(wellFormed)).hasToString(wellFormed);
    }

    @Test
    void aSliceNeverCutsACharacterInHalf() {
        Text text = Text.of("a😀b🎉");

        assertThat(text.slice(0, 1)).hasToString("a");
        assertThat(text.slice(1, 2)).hasToString("😀");
        assertThat(text.slice(2, 4)).hasToString("b🎉");
        assertThat(text.slice(4, 4)).isEqualTo(Text.EMPTY);
        assertThat(text.slice(1, 3).length()).isEqualTo(2);
    }

    @Test
    void aSliceStaysInsideTheText() {
        Text text = Text.of("a😀b");

        assertThatThrownBy(() -> text.slice(0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> text.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> text.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void lengthsAddUpWhenTextsAreJoined() {
        Text joined = Text.of("a😀").concat(Text.of("中🎉"));

        assertThat(joined).isEqualTo(Text.of("a😀中🎉"));
        assertThat(joined.length()).isEqualTo(4);
        assertThat(joined.concat(Text.EMPTY)).isSameAs(joined);
        assertThat(Text.EMPTY.concat(joined)).isSameAs(joined);
    }
}

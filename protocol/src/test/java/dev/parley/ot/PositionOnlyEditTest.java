package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Inputs on which the textbook transformation diverges or eats text, and what this one makes of them. */
class PositionOnlyEditTest {

    @Test
    void insertsAtOnePlaceDiverge() {
        PositionOnlyEdit anna = new PositionOnlyEdit.Insert(1, "X");
        PositionOnlyEdit ben = new PositionOnlyEdit.Insert(1, "Y");

        assertThat(afterBoth("abc", anna, ben)).isEqualTo("aYXbc");
        assertThat(afterBoth("abc", ben, anna)).isEqualTo("aXYbc");

        assertThat(afterBoth("abc", TextEdit.insert(1, "X"), Side.LEFT, TextEdit.insert(1, "Y")))
                .isEqualTo(afterBoth("abc", TextEdit.insert(1, "Y"), Side.RIGHT, TextEdit.insert(1, "X")))
                .isEqualTo("aXYbc");
    }

    @Test
    void deletionsThatOverlapEatTextThatNobodySelected() {
        PositionOnlyEdit anna = new PositionOnlyEdit.Delete(1, 3);
        PositionOnlyEdit ben = new PositionOnlyEdit.Delete(2, 3);

        assertThat(afterBoth("abcdefgh", anna, ben)).isEqualTo("aegh");
        assertThat(afterBoth("abcdefgh", ben, anna)).isEqualTo("afgh");

        assertThat(afterBoth("abcdefgh", TextEdit.delete(1, 3), Side.LEFT, TextEdit.delete(2, 3)))
                .isEqualTo(afterBoth("abcdefgh", TextEdit.delete(2, 3), Side.RIGHT, TextEdit.delete(1, 3)))
                .isEqualTo("afgh");
    }

    @Test
    void aDeletionAcrossAnInsertDiverges() {
        PositionOnlyEdit deletion = new PositionOnlyEdit.Delete(1, 3);
        PositionOnlyEdit insert = new PositionOnlyEdit.Insert(2, "X");

        assertThat(afterBoth("abcdef", deletion, insert)).isEqualTo("aXef");
        assertThat(afterBoth("abcdef", insert, deletion)).isEqualTo("adef");

        assertThat(afterBoth("abcdef", TextEdit.delete(1, 3), Side.LEFT, TextEdit.insert(2, "X")))
                .isEqualTo(afterBoth("abcdef", TextEdit.insert(2, "X"), Side.RIGHT, TextEdit.delete(1, 3)))
                .isEqualTo("aXef");
    }

    @Test
    void utf16PositionsCutAnEmojiInHalf() {
        String cut = new PositionOnlyEdit.Insert(2, "Z").apply("a😀b");

        assertThat(Text.isWellFormed(cut)).isFalse();
        assertThat(TextEdit.insert(2, "Z").apply(Text.of("a😀b"))).isEqualTo(Text.of("a😀Zb"));
    }

    private static String afterBoth(String base, PositionOnlyEdit first, PositionOnlyEdit second) {
        return second.transform(first).apply(first.apply(base));
    }

    private static String afterBoth(String base, TextEdit first, Side sideOfFirst, TextEdit second) {
        Text afterFirst = first.apply(Text.of(base));
        return second.transform(first, sideOfFirst.other()).apply(afterFirst).toString();
    }
}

package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ot.Component.Delete;
import dev.parley.ot.Component.Insert;
import dev.parley.ot.Component.Retain;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TextEditTest {

    private static Text text(String string) {
        return Text.of(string);
    }

    private static TextEdit insert(int position, String text) {
        return TextEdit.insert(position, text);
    }

    private static TextEdit delete(int position, int length) {
        return TextEdit.delete(position, length);
    }

    /** Both orders of two edits of one text, the first of them on the left; they must agree. */
    private static String merged(String base, TextEdit left, TextEdit right) {
        new Diamond(text(base), left, right).check();
        return right.transform(left, Side.RIGHT).apply(left.apply(text(base))).toString();
    }

    @Nested
    class Shifted {
        @Test
        void doesTheSameFurtherOn() {
            TextEdit edit =
                    TextEdit.builder().retain(1).insert(text("x")).delete(2).build();

            assertThat(edit.shifted(3).apply(text("123abcd"))).isEqualTo(text("123axd"));
            assertThat(edit.shifted(0)).isEqualTo(edit);
        }

        @Test
        void ofNothingIsNothing() {
            assertThat(TextEdit.IDENTITY.shifted(5)).isEqualTo(TextEdit.IDENTITY);
        }

        @Test
        void ofWhatBeginsAtOnceRetainsFirst() {
            assertThat(insert(0, "x").shifted(2)).isEqualTo(insert(2, "x"));
            assertThat(delete(0, 1).shifted(2)).isEqualTo(delete(2, 1));
        }

        @Test
        void countsCodePoints() {
            assertThat(insert(1, "x").shifted(2).apply(text("😀😀😀😀"))).isEqualTo(text("😀😀😀x😀"));
        }
    }

    @Nested
    class TheChatExamples {
        @Test
        void anExclamationMarkAndTheLossOfTheFirstLetterMeetInEitherOrder() {
            TextEdit exclaim = insert(5, "!");
            TextEdit behead = delete(0, 1);

            assertThat(merged("Hello", exclaim, behead)).isEqualTo("ello!");
            assertThat(merged("Hello", behead, exclaim)).isEqualTo("ello!");
        }

        @Test
        void aChatInThreeStepsEndsWithWorld() {
            Text afterFirst = insert(0, "Hello").apply(Text.EMPTY);
            Text afterSecond = insert(5, " World").apply(afterFirst);
            Text afterThird = delete(0, 6).apply(afterSecond);

            assertThat(afterThird).isEqualTo(text("World"));
            assertThat(insert(0, "Hello").compose(insert(5, " World")).compose(delete(0, 6)))
                    .isEqualTo(insert(0, "World"));
        }

        @Test
        void anInsertPastAnEarlierDeletionMovesLeft() {
            assertThat(insert(3, "X").transform(delete(0, 2), Side.LEFT)).isEqualTo(insert(1, "X"));
            assertThat(insert(3, "X").transform(delete(0, 2), Side.RIGHT)).isEqualTo(insert(1, "X"));
        }

        @Test
        void aDeletionAndAnInsertAtItsStartKeepTheInsert() {
            TextEdit gone = delete(4, 1);
            TextEdit arriving = insert(4, "Y");

            assertThat(gone.transform(arriving, Side.LEFT)).isEqualTo(delete(5, 1));
            assertThat(arriving.transform(gone, Side.LEFT)).isEqualTo(insert(4, "Y"));
            assertThat(merged("Hello", gone, arriving)).isEqualTo("HellY");
            assertThat(merged("Hello", arriving, gone)).isEqualTo("HellY");
        }

        @Test
        void aReplacementIsADeletionAndAnInsert() {
            assertThat(TextEdit.replace(6, 5, "Bob").apply(text("Hello World"))).isEqualTo(text("Hello Bob"));
            assertThat(TextEdit.replace(6, 5, "Bob"))
                    .isEqualTo(delete(6, 5).compose(insert(6, "Bob")))
                    .isEqualTo(insert(6, "Bob").compose(delete(9, 5)));
            assertThat(TextEdit.replace(6, 5, "Bob").components())
                    .containsExactly(new Retain(6), new Insert(text("Bob")), new Delete(5));
        }
    }

    @Nested
    class Applying {
        @Test
        void retainsWhatFollowsTheLastComponent() {
            assertThat(insert(1, "X").apply(text("abc"))).isEqualTo(text("aXbc"));
        }

        @Test
        void countsCodePoints() {
            assertThat(insert(2, "Z").apply(text("a😀b"))).isEqualTo(text("a😀Zb"));
            assertThat(delete(1, 1).apply(text("a😀b"))).isEqualTo(text("ab"));
            assertThat(insert(5, "!").apply(text("👩‍👩‍👧"))).isEqualTo(text("👩‍👩‍👧!"));
            assertThat(delete(0, 2).apply(text("中文字"))).isEqualTo(text("字"));
        }

        @Test
        void knowsTheLengthOfItsResult() {
            Text result = TextEdit.replace(1, 1, "🎉🎉").apply(text("a😀b"));

            assertThat(result).isEqualTo(text("a🎉🎉b"));
            assertThat(result.length()).isEqualTo(4);
        }

        @Test
        void theIdentityChangesNothing() {
            Text text = text("a😀");

            assertThat(TextEdit.IDENTITY.apply(text)).isSameAs(text);
            assertThat(TextEdit.IDENTITY.isIdentity()).isTrue();
            assertThat(TextEdit.builder().retain(2).build()).isSameAs(TextEdit.IDENTITY);
        }

        @Test
        void neverReachesPastTheEnd() {
            assertThatThrownBy(() -> insert(4, "X").apply(text("abc"))).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> delete(2, 2).apply(text("abc"))).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> insert(2, "X").apply(text("😀"))).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> delete(0, 1).apply(Text.EMPTY)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Nested
    class Refusing {
        @Test
        void illFormedTextIsNotInserted() {
            assertThatThrownBy(() -> insert(0, "\uD83D")).isInstanceOf(IllFormedTextException.class);
            assertThatThrownBy(() -> TextEdit.replace(0, 1, "a\uDE00")).isInstanceOf(IllFormedTextException.class);
        }

        @Test
        void negativeLengthsAreNoComponents() {
            assertThatThrownBy(() -> insert(-1, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> delete(0, -1)).isInstanceOf(IllegalArgumentException.class);
        }

        /** Sums that wrap round would pass for small ones: applying such an edit would ask for gigabytes. */
        @Test
        void lengthsThatAddUpToMoreThanAnyTextAreNoEdit() {
            TextEdit.Builder edit = TextEdit.builder().delete(1 << 30).retain(1).delete((1 << 30) - 2);

            assertThatThrownBy(() -> edit.delete(1)).isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> edit.retain(1)).isInstanceOf(ArithmeticException.class);
            assertThat(edit.build().reach()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Nested
    class Normalising {
        @Test
        void joinsNeighboursOfOneKind() {
            assertThat(TextEdit.builder()
                            .retain(1)
                            .retain(2)
                            .insert(text("a"))
                            .insert(text("b"))
                            .delete(1)
                            .delete(2)
                            .build()
                            .components())
                    .containsExactly(new Retain(3), new Insert(text("ab")), new Delete(3));
        }

        @Test
        void putsInsertsBeforeDeletions() {
            assertThat(TextEdit.builder()
                            .delete(1)
                            .insert(text("a"))
                            .delete(1)
                            .insert(text("b"))
                            .build()
                            .components())
                    .containsExactly(new Insert(text("ab")), new Delete(2));
        }

        @Test
        void leavesOutWhatIsEmpty() {
            assertThat(TextEdit.builder()
                            .retain(0)
                            .delete(0)
                            .insert(Text.EMPTY)
                            .retain(3)
                            .insert(Text.EMPTY)
                            .delete(0)
                            .retain(1)
                            .delete(1)
                            .build())
                    .isEqualTo(delete(4, 1));
        }

        @Test
        void leavesOutTheRetainAtTheEnd() {
            assertThat(TextEdit.builder().delete(1).retain(5).build()).isEqualTo(delete(0, 1));
        }
    }

    @Nested
    class Transforming {
        @Test
        void atOnePlaceTheLeftInsertStandsFirst() {
            assertThat(merged("abc", insert(1, "X"), insert(1, "Y"))).isEqualTo("aXYbc");
            assertThat(merged("abc", insert(1, "Y"), insert(1, "X"))).isEqualTo("aYXbc");
        }

        @Test
        void aDeletionIsSplitAroundAConcurrentInsert() {
            assertThat(delete(1, 3).transform(insert(2, "XY"), Side.LEFT).components())
                    .containsExactly(new Retain(1), new Delete(1), new Retain(2), new Delete(2));
            assertThat(merged("abcde", delete(1, 3), insert(2, "XY"))).isEqualTo("aXYe");
        }

        @Test
        void whatBothDeleteIsDeletedOnce() {
            assertThat(merged("abcdef", delete(1, 3), delete(2, 3))).isEqualTo("af");
            assertThat(merged("abcdef", delete(1, 2), delete(1, 2))).isEqualTo("adef");
            assertThat(delete(1, 2).transform(delete(1, 2), Side.LEFT)).isSameAs(TextEdit.IDENTITY);
        }

        @Test
        void replacementsOfOneWordKeepBothNewWords() {
            assertThat(merged("Hello World", TextEdit.replace(6, 5, "Bob"), TextEdit.replace(6, 5, "Eve")))
                    .isEqualTo("Hello BobEve");
        }

        @Test
        void replacementsThatOverlapKeepBothNewTexts() {
            assertThat(merged("abcdef", TextEdit.replace(1, 3, "XX"), TextEdit.replace(2, 3, "YY")))
                    .isEqualTo("aXXYYf");
        }

        @Test
        void theIdentityMovesNothing() {
            TextEdit edit = TextEdit.replace(1, 1, "😀");

            assertThat(edit.transform(TextEdit.IDENTITY, Side.LEFT)).isEqualTo(edit);
            assertThat(TextEdit.IDENTITY.transform(edit, Side.RIGHT)).isEqualTo(TextEdit.IDENTITY);
        }

        @Test
        void bothSidesAreOpposite() {
            assertThat(Side.LEFT.other()).isEqualTo(Side.RIGHT);
            assertThat(Side.RIGHT.other()).isEqualTo(Side.LEFT);
        }
    }

    @Nested
    class TheStatedPrices {
        /** Why history is never composed. */
        @Test
        void movingPastAComposedHistoryMayEndElsewhereThanStepByStep() {
            Text base = text("x");
            TextEdit first = delete(0, 1);
            TextEdit second = insert(0, "c");
            TextEdit incoming = insert(1, "b");

            TextEdit stepByStep = incoming.transform(first, Side.LEFT).transform(second, Side.LEFT);
            TextEdit atOnce = incoming.transform(first.compose(second), Side.LEFT);

            Text head = second.apply(first.apply(base));
            assertThat(stepByStep.apply(head)).isEqualTo(text("bc"));
            assertThat(atOnce.apply(head)).isEqualTo(text("cb"));
        }

        /** Why nobody may transform along any path other than the log. */
        @Test
        void movingPastTwoEditsAlongTwoPathsMayEndInTwoPlaces() {
            TextEdit deletion = delete(0, 1);
            TextEdit before = insert(0, "x");
            TextEdit after = insert(1, "y");

            TextEdit deletionFirst =
                    before.transform(deletion, Side.RIGHT).transform(after.transform(deletion, Side.RIGHT), Side.RIGHT);
            TextEdit insertFirst =
                    before.transform(after, Side.RIGHT).transform(deletion.transform(after, Side.LEFT), Side.RIGHT);

            assertThat(deletionFirst).isEqualTo(insert(1, "x"));
            assertThat(insertFirst).isEqualTo(insert(0, "x"));
        }
    }

    @Nested
    class Composing {
        @Test
        void typingJoinsToOneInsert() {
            assertThat(insert(0, "a").compose(insert(1, "😀")).compose(insert(2, "c")))
                    .isEqualTo(insert(0, "a😀c"));
        }

        @Test
        void whatWasTypedAndDeletedIsNothing() {
            assertThat(insert(3, "oops").compose(delete(3, 4))).isSameAs(TextEdit.IDENTITY);
        }

        @Test
        void deletingPartOfWhatWasTypedKeepsTheRest() {
            assertThat(insert(0, "a😀bc").compose(delete(1, 2))).isEqualTo(insert(0, "ac"));
        }

        @Test
        void deletionsAroundARetainedPieceStayTwo() {
            assertThat(delete(0, 2).compose(delete(1, 2)).components())
                    .containsExactly(new Delete(2), new Retain(1), new Delete(2));
        }
    }

    @Nested
    class Inverting {
        @Test
        void bringsBackWhatWasDeletedAndTakesWhatWasInserted() {
            Text base = text("a😀b");
            TextEdit edit = TextEdit.replace(1, 1, "XY");

            assertThat(edit.invert(base)).isEqualTo(TextEdit.replace(1, 2, "😀"));
            assertThat(edit.invert(base).apply(edit.apply(base))).isEqualTo(base);
        }

        @Test
        void needsTheTextItWasMadeOn() {
            assertThatThrownBy(() -> delete(0, 3).invert(text("ab"))).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Nested
    class MovingACursor {
        @Test
        void anInsertBeforeItPushesIt() {
            assertThat(insert(1, "😀x").transformCursor(3, false)).isEqualTo(5);
            assertThat(insert(1, "😀x").transformCursor(3, true)).isEqualTo(5);
        }

        @Test
        void anInsertRightAtItPushesOnlyTheOneWhoTypes() {
            assertThat(insert(3, "ab").transformCursor(3, true)).isEqualTo(5);
            assertThat(insert(3, "ab").transformCursor(3, false)).isEqualTo(3);
        }

        @Test
        void anInsertAfterItLeavesIt() {
            assertThat(insert(4, "ab").transformCursor(3, true)).isEqualTo(3);
        }

        @Test
        void aDeletionBeforeItPullsIt() {
            assertThat(delete(0, 2).transformCursor(3, false)).isEqualTo(1);
            assertThat(delete(1, 2).transformCursor(3, false)).isEqualTo(1);
        }

        @Test
        void aDeletionAroundItPullsItToItsStart() {
            assertThat(delete(1, 4).transformCursor(3, false)).isEqualTo(1);
            assertThat(delete(3, 4).transformCursor(3, false)).isEqualTo(3);
        }

        @Test
        void aReplacementAroundItPutsItAfterTheNewText() {
            assertThat(TextEdit.replace(1, 4, "xyz").transformCursor(3, true)).isEqualTo(4);
            assertThat(TextEdit.replace(1, 4, "xyz").transformCursor(3, false)).isEqualTo(4);
        }

        @Test
        void severalChangesAddUp() {
            TextEdit edit = TextEdit.builder()
                    .insert(text("ab"))
                    .retain(1)
                    .delete(1)
                    .retain(1)
                    .insert(text("c"))
                    .build();

            assertThat(edit.transformCursor(0, false)).isEqualTo(0);
            assertThat(edit.transformCursor(0, true)).isEqualTo(2);
            assertThat(edit.transformCursor(2, false)).isEqualTo(3);
            assertThat(edit.transformCursor(3, false)).isEqualTo(4);
            assertThat(edit.transformCursor(3, true)).isEqualTo(5);
            assertThat(edit.transformCursor(9, false)).isEqualTo(11);
        }
    }

    @Nested
    class Measuring {
        @Test
        void reachIsTheShortestTextItFitsAndGrowthWhatItAdds() {
            TextEdit edit =
                    TextEdit.builder().retain(2).insert(text("😀x")).delete(3).build();

            assertThat(edit.reach()).isEqualTo(5);
            assertThat(edit.growth()).isEqualTo(-1);
            assertThat(TextEdit.IDENTITY.reach()).isZero();
            assertThat(TextEdit.IDENTITY.growth()).isZero();
        }
    }

    @Test
    void equalEditsAreEqualHoweverTheyWereBuilt() {
        TextEdit one = delete(0, 2).compose(insert(0, "x"));
        TextEdit other = TextEdit.replace(0, 2, "x");

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one).isNotEqualTo(insert(0, "x"));
    }
}

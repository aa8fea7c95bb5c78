package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedResolver.class)
class AnchorTest {
    private static final Origin RUN = new Origin(Source.AI, "", "run-1", "");

    private static Anchor run(int at) {
        return Anchor.placed(Effects.run("b", "run-1", at));
    }

    private static Anchor range(int start, int end) {
        return Anchor.placed(Effects.place("b", "s.1", start, end));
    }

    private static Anchor after(Anchor anchor, TextEdit edit) {
        return anchor.after(edit, Origin.HUMAN);
    }

    @Nested
    class OfARun {
        @Test
        void staysLeftOfWhatOthersInsertAtIt() {
            assertThat(after(run(4), TextEdit.insert(4, "human"))).isEqualTo(run(4));
        }

        @Test
        void isPushedByItsOwnTextAndCountsIt() {
            Anchor once = run(4).after(TextEdit.insert(4, "a😀"), RUN);
            Anchor twice = once.after(TextEdit.insert(6, "b"), RUN);

            assertThat(twice).isEqualTo(new Anchor("run-1", 7, 7, true, false, 3));
        }

        @Test
        void staysLeftOfTheTextOfAnotherRun() {
            Origin other = new Origin(Source.AI, "", "run-2", "");

            assertThat(run(4).after(TextEdit.insert(4, "other"), other)).isEqualTo(run(4));
        }

        @Test
        void moveWithWhatIsBeforeIt() {
            assertThat(after(run(4), TextEdit.insert(3, "ab"))).isEqualTo(run(6));
            assertThat(after(run(4), TextEdit.delete(1, 2))).isEqualTo(run(2));
        }

        @Test
        void isLeftAtTheHoleOfTheTextAroundItAndNeverStale() {
            assertThat(after(run(4), TextEdit.delete(0, 9))).isEqualTo(run(0));
        }

        @Test
        void isAtTheRightOfWhatReplacesTheTextAroundIt() {
            assertThat(after(run(4), TextEdit.replace(2, 4, "new"))).isEqualTo(run(5));
        }
    }

    @Nested
    class OfASuggestion {
        @Test
        void doesNotTakeInWhatIsInsertedAtItsEnds() {
            assertThat(after(range(2, 4), TextEdit.insert(2, "x"))).isEqualTo(range(3, 5));
            assertThat(after(range(2, 4), TextEdit.insert(4, "x"))).isEqualTo(range(2, 4));
        }

        @Test
        void growsWithWhatIsInsertedInside() {
            assertThat(after(range(2, 4), TextEdit.insert(3, "xyz"))).isEqualTo(range(2, 7));
        }

        @Test
        void shrinksByWhatIsDeletedOfIt() {
            assertThat(after(range(2, 6), TextEdit.delete(4, 5))).isEqualTo(range(2, 4));
            assertThat(after(range(2, 6), TextEdit.delete(0, 3))).isEqualTo(range(0, 3));
        }

        @Test
        void isStaleOnceAllOfItWasDeletedAndStaysSo() {
            Anchor stale = after(range(2, 4), TextEdit.delete(1, 4));

            assertThat(stale).isEqualTo(new Anchor("s.1", 1, 1, false, true, 0));
            assertThat(after(stale, TextEdit.insert(1, "again"))).isEqualTo(stale);
        }

        @Test
        void isStaleWhenItWasReplaced() {
            assertThat(after(range(2, 4), TextEdit.replace(2, 2, "other")).stale())
                    .isTrue();
        }

        @Test
        void thatInsertsOnlyWasEmptyFromTheStartAndIsNeverStale() {
            assertThat(after(range(2, 2), TextEdit.delete(0, 5))).isEqualTo(range(0, 0));
            assertThat(after(range(2, 2), TextEdit.insert(2, "x"))).isEqualTo(range(2, 2));
        }

        @Test
        void countsNothingThatIsWritten() {
            assertThat(range(0, 4).after(TextEdit.insert(1, "abc"), RUN).written())
                    .isZero();
        }
    }

    @Test
    void aShiftedOneHasTheSameWidth() {
        assertThat(range(2, 4).shifted(3)).isEqualTo(range(5, 7));
    }

    /** Characters have identities here. What replaces the last character of a range is taken in: nobody can tell it apart. */
    @Test
    void aRangeCoversWhatIsLeftOfItsCharactersAndNoOthersThatWereThere(Seed seed) {
        RandomEdits edits = new RandomEdits(seed.random());
        for (int i = 0; i < 50_000; i++) {
            Text text = edits.text(12);
            int start = edits.random().nextInt(text.length() + 1);
            int end = start + edits.random().nextInt(text.length() - start + 1);
            TextEdit edit = edits.edit(text);
            List<Integer> tags = tagged(text.length(), edit);

            Anchor moved = after(range(start, end), edit);

            assertThat(moved.start()).isBetween(0, tags.size());
            assertThat(moved.end()).isBetween(moved.start(), tags.size());
            List<Integer> own =
                    tags.stream().filter(tag -> tag >= start && tag < end).toList();
            if (own.isEmpty()) {
                assertThat(moved.stale()).isEqualTo(start < end);
                assertThat(moved.start()).isEqualTo(moved.end());
            } else {
                assertThat(tags.subList(moved.start(), moved.end()))
                        .filteredOn(tag -> tag >= 0)
                        .isEqualTo(own);
                assertThat(tags.get(moved.start())).isEqualTo(own.get(0));
                assertThat(own.contains(end - 1) && tags.get(moved.end() - 1) != end - 1)
                        .isFalse();
                assertThat(moved.stale()).isFalse();
            }
        }
    }

    /** Old characters by their positions, new ones as -1. */
    private static List<Integer> tagged(int length, TextEdit edit) {
        StringBuilder old = new StringBuilder();
        IntStream.range(0, length).forEach(i -> old.appendCodePoint(0xF0000 + i));
        return edit.apply(Text.of(old.toString()))
                .toString()
                .codePoints()
                .map(codePoint -> codePoint >= 0xF0000 && codePoint < 0xF0000 + length ? codePoint - 0xF0000 : -1)
                .boxed()
                .toList();
    }
}

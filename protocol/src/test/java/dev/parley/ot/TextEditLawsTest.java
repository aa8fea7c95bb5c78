package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every text and every edit: for all small ones, and for a million random larger ones. */
@ExtendWith(SeedResolver.class)
class TextEditLawsTest {
    private static final int STREAMS = 64;
    private static final int CASES_A_STREAM = 16_000;

    /** Once all in the BMP, where offsets are indices, and once not. */
    static Stream<Arguments> alphabets() {
        return Stream.of(Arguments.of("abcd", "x", "yz"), Arguments.of("a😀中b", "🎉", "y𝒳"));
    }

    @ParameterizedTest
    @MethodSource("alphabets")
    void allPairsOfEditsOfTextsUpToFourCodePointsMeetInOneText(String letters, String insertOfA, String insertOfB) {
        Text whole = Text.of(letters);
        for (int length = 0; length <= 4; length++) {
            Text base = whole.slice(0, length);
            List<TextEdit> lefts = AllEdits.of(length, insertOfA);
            List<TextEdit> rights = AllEdits.of(length, insertOfB);
            lefts.forEach(a -> rights.forEach(b -> {
                new Diamond(base, a, b).check();
                new Diamond(base, b, a).check();
            }));
        }
    }

    @Test
    void allPairsOfEditsWithInsertsOfTwoLengthsOnBothSidesMeetInOneText() {
        Text whole = Text.of("a😀b");
        for (int length = 0; length <= 3; length++) {
            Text base = whole.slice(0, length);
            List<TextEdit> edits = AllEdits.of(length, "x", "🎉y");
            edits.forEach(a -> edits.forEach(b -> new Diamond(base, a, b).check()));
        }
    }

    @Test
    void everyEditInItsOneFormIsListedOnce() {
        assertThat(AllEdits.of(0, "x")).containsExactlyInAnyOrder(TextEdit.IDENTITY, TextEdit.insert(0, "x"));
        assertThat(AllEdits.of(1, "x"))
                .containsExactlyInAnyOrder(
                        TextEdit.IDENTITY,
                        TextEdit.insert(0, "x"),
                        TextEdit.insert(1, "x"),
                        TextEdit.insert(0, "x").compose(TextEdit.insert(2, "x")),
                        TextEdit.delete(0, 1),
                        TextEdit.replace(0, 1, "x"),
                        TextEdit.replace(0, 1, "xx"));
    }

    @ParameterizedTest
    @MethodSource("alphabets")
    void allEditsOfSmallTextsComposeAndInvert(String letters, String insertOfA, String insertOfB) {
        Text whole = Text.of(letters);
        for (int length = 0; length <= 3; length++) {
            Text base = whole.slice(0, length);
            for (TextEdit a : AllEdits.of(length, insertOfA)) {
                Text middle = a.apply(base);
                checkInverse(base, a);
                checkCanonical(a);
                if (middle.length() <= 4) {
                    AllEdits.of(middle.length(), insertOfB).forEach(b -> checkComposition(base, a, b));
                }
            }
        }
    }

    @Test
    void allTriplesOfEditsOfTheSmallestTextsComposeAssociatively() {
        for (int length = 0; length <= 2; length++) {
            for (TextEdit a : AllEdits.of(length, "x")) {
                int afterA = length + a.growth();
                for (TextEdit b : afterA <= 3 ? AllEdits.of(afterA, "y") : List.<TextEdit>of()) {
                    int afterB = afterA + b.growth();
                    for (TextEdit c : afterB <= 3 ? AllEdits.of(afterB, "z") : List.<TextEdit>of()) {
                        checkAssociative(a, b, c);
                    }
                }
            }
        }
    }

    @Test
    void aMillionRandomCasesKeepEveryLaw(Seed seed) {
        IntStream.range(0, STREAMS).parallel().forEach(stream -> {
            RandomEdits edits = new RandomEdits(seed.random(stream));
            for (int i = 0; i < CASES_A_STREAM; i++) {
                Text base = edits.text(12);
                TextEdit a = edits.edit(base);
                TextEdit b = edits.edit(base);
                Text middle = a.apply(base);
                TextEdit next = edits.edit(middle);
                TextEdit last = edits.edit(next.apply(middle));

                new Diamond(base, a, b).check();
                checkComposition(base, a, next);
                checkAssociative(a, next, last);
                checkInverse(base, a);
                checkCanonical(a);
                checkCursor(base, a, edits.random().nextInt(base.length() + 1));
            }
        });
    }

    @Test
    void longTextsKeepTheLawsToo(Seed seed) {
        RandomEdits edits = new RandomEdits(seed.random());
        for (int i = 0; i < 2_000; i++) {
            Text base = edits.text(2_000);
            TextEdit a = edits.edit(base).compose(TextEdit.IDENTITY);
            TextEdit b = edits.edit(base);
            new Diamond(base, a, b).check();
            checkInverse(base, a);
            checkComposition(base, a, edits.edit(a.apply(base)));
        }
    }

    private static void checkComposition(Text base, TextEdit first, TextEdit next) {
        TextEdit both = first.compose(next);
        Text oneByOne = next.apply(first.apply(base));
        Text atOnce = both.apply(base);
        if (!atOnce.equals(oneByOne) || atOnce.length() != oneByOne.length()) {
            fail(
                    "on \"%s\", %s and then %s gives \"%s\", composed to %s it gives \"%s\"",
                    base, first, next, oneByOne, both, atOnce);
        }
        checkCanonical(both);
    }

    private static void checkAssociative(TextEdit a, TextEdit b, TextEdit c) {
        TextEdit leftFirst = a.compose(b).compose(c);
        TextEdit rightFirst = a.compose(b.compose(c));
        if (!leftFirst.equals(rightFirst)) {
            fail("%s, %s, %s compose to %s or to %s", a, b, c, leftFirst, rightFirst);
        }
    }

    private static void checkInverse(Text base, TextEdit edit) {
        TextEdit inverse = edit.invert(base);
        Text back = inverse.apply(edit.apply(base));
        if (!back.equals(base)) {
            fail("on \"%s\", %s taken back by %s gives \"%s\"", base, edit, inverse, back);
        }
        checkCanonical(inverse);
    }

    /** The form is one that building again does not change, and that follows the rules for it. */
    private static void checkCanonical(TextEdit edit) {
        TextEdit.Builder again = TextEdit.builder();
        Component.Kind before = Component.Kind.RETAIN;
        boolean first = true;
        boolean inOrder = true;
        for (Component component : edit.components()) {
            boolean repeated = !first && component.kind() == before;
            boolean insertAfterDelete = before == Component.Kind.DELETE && component.kind() == Component.Kind.INSERT;
            inOrder &= component.length() > 0 && !repeated && !insertAfterDelete;
            before = component.kind();
            first = false;
            switch (component.kind()) {
                case RETAIN -> again.retain(component.length());
                case INSERT -> again.insert(((Component.Insert) component).text());
                case DELETE -> again.delete(component.length());
            }
        }
        boolean retainsAtEnd = !first && before == Component.Kind.RETAIN;
        if (!inOrder || retainsAtEnd || !again.build().equals(edit)) {
            fail("%s is not canonical", edit);
        }
    }

    /** A cursor stays with the character on its right as long as that is there, and its owner's typing pushes it. */
    private static void checkCursor(Text base, TextEdit edit, int position) {
        int foreign = edit.transformCursor(position, false);
        int own = edit.transformCursor(position, true);
        Text before = edit.apply(base);
        if (foreign < 0 || own < foreign || own > before.length()) {
            fail("on \"%s\", %s moves the cursor at %d to %d, its owner's to %d", base, edit, position, foreign, own);
        }
        int mirrored = TextEdit.insert(position, "|").transform(edit, Side.LEFT).reach();
        int behind = TextEdit.insert(position, "|").transform(edit, Side.RIGHT).reach();
        if (foreign != mirrored || own != behind) {
            fail(
                    "on \"%s\", %s moves the cursor at %d to %d, its owner's to %d, but text typed there to %d and %d",
                    base, edit, position, foreign, own, mirrored, behind);
        }
    }
}

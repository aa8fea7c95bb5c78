package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.Json;
import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.fixture.VectorFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Makes what the JavaScript algebra is compared with. */
@ExtendWith(SeedResolver.class)
class TextEditVectorsTest {
    private static final int CASES = 300_000;
    private static final String FAMILY = "👩‍👩‍👧";

    @Test
    void theCommittedCasesAreWhatThisCodeGives() {
        TextEditCases cases = new TextEditCases();
        chosen(cases);
        // The algorithm of Random is specified, so every JDK makes the same cases.
        RandomEdits edits = new RandomEdits(new Random(1));
        for (int i = 0; i < 25; i++) {
            random(cases, "random " + i, edits);
        }
        shortest(cases);

        VectorFile.committed("text-edit.json").holds(cases.lines());
    }

    @Test
    void eachRunMakesNewRandomCases(Seed seed) {
        RandomEdits edits = new RandomEdits(seed.random());
        TextEditCases cases = new TextEditCases();
        while (cases.lines().size() < CASES) {
            random(cases, "", edits);
        }

        Map<String, Object> about = new LinkedHashMap<>();
        about.put("op", "about");
        about.put("seed", Long.toString(seed.value()));
        about.put("cases", cases.lines().size());
        List<String> lines = new ArrayList<>(List.of(Json.of(about)));
        lines.addAll(cases.lines());
        VectorFile.ofThisRun("text-edit.jsonl").write(lines);
        assertThat(lines).hasSizeGreaterThan(CASES).noneMatch(line -> line.contains("\n"));
    }

    private static void random(TextEditCases cases, String name, RandomEdits edits) {
        Text base = edits.text(16);
        TextEdit a = edits.edit(base);
        TextEdit b = edits.edit(base);
        Text middle = a.apply(base);
        TextEdit next = edits.edit(middle);
        TextEdit elsewhere = edits.edit(edits.text(20));

        cases.apply(name, base.toString(), TextEditCases.written(a));
        cases.apply(name, base.toString(), TextEditCases.written(elsewhere));
        cases.diamond(name, TextEditCases.written(a), TextEditCases.written(b));
        cases.compose(name, TextEditCases.written(a), TextEditCases.written(next));
        cases.invert(name, base.toString(), TextEditCases.written(a));
        cases.cursor(name, TextEditCases.written(a), edits.random().nextInt(base.length() + 1));
        cases.normalise(name, components(edits));
        cases.shortest(name, middle.toString(), b.apply(base).toString());
    }

    private static List<Object> components(RandomEdits edits) {
        List<Object> components = new ArrayList<>();
        int count = edits.random().nextInt(9);
        for (int i = 0; i < count; i++) {
            switch (edits.random().nextInt(4)) {
                case 0 -> components.add(edits.text(2).toString());
                case 1 -> components.add(0);
                case 2 -> components.add(1 + edits.random().nextInt(3));
                default -> components.add(-1 - edits.random().nextInt(3));
            }
        }
        return components;
    }

    private static void chosen(TextEditCases cases) {
        applying(cases);
        transforming(cases);
        composing(cases);
        inverting(cases);
        cursors(cases);
        normalising(cases);
    }

    private static void applying(TextEditCases cases) {
        cases.apply("the identity changes nothing", "Hello", List.of());
        cases.apply("insert into an empty text", "", List.of("Hello"));
        cases.apply("insert at the end", "Hello", List.of(5, " World"));
        cases.apply("delete at the start", "Hello World", List.of(-6));
        cases.apply("delete everything", "Hello", List.of(-5));
        cases.apply("a replacement is an insert and a deletion", "Hello World", List.of(6, "Bob", -5));
        cases.apply("several changes", "abcdef", List.of("<", 1, -1, 1, "xy", -1, 1, ">"));
        cases.apply("an emoji is one code point: insert after it", "a😀b", List.of(2, "Z"));
        cases.apply("an emoji is one code point: delete it", "a😀b", List.of(1, -1));
        cases.apply("a family is five code points", FAMILY, List.of(5, "!"));
        cases.apply("a family loses its child", FAMILY, List.of(3, -2));
        cases.apply("a combining accent is a code point of its own", "e\u0301", List.of(1, -1));
        cases.apply("a flag is two code points", "🇨🇳", List.of(1, "-"));
        cases.apply("CJK", "中文字", List.of(1, "国", -1));
        cases.apply("the first and the last supplementary code point", "\uD800\uDC00", List.of(1, "\uDBFF\uDFFF"));
        cases.apply("noncharacters and NUL are text", "\uFFFF", List.of("\u0000", 1, "\uFFFE"));
        cases.apply("right to left changes nothing in the order of storage", "שלום", List.of(2, "ab"));
        cases.apply("line ends are characters", "a\r\nb", List.of(2, -1));
        cases.apply("retain past the end", "abc", List.of(4, "x"));
        cases.apply("delete past the end", "abc", List.of(2, -2));
        cases.apply("delete from an empty text", "", List.of(-1));
        cases.apply("UTF-16 would find room where there is none", "😀", List.of(2, "x"));
        cases.apply("lengths that add up past any text", "abc", List.of(2147483646, "x", -1));
        cases.apply("insert half an emoji", "abc", List.of(1, "\uD83D"));
        cases.apply("insert the other half", "abc", List.of(1, "\uDE00x"));
        cases.apply("insert the halves in the wrong order", "abc", List.of("\uDE00\uD83D"));
        cases.apply("edit half an emoji", "\uD83D", List.of(1, "x"));
        cases.apply("the halves meet only in the result", "\uD83D", List.of(1, "\uDE00"));
    }

    private static void transforming(TextEditCases cases) {
        cases.diamond("\"Hello\": an exclamation mark and a lost first letter", List.of(5, "!"), List.of(-1));
        cases.diamond("insert 3 X past delete 0 2 lands at 1", List.of(3, "X"), List.of(-2));
        cases.diamond("delete 4 1 against insert 4 Y", List.of(4, -1), List.of(4, "Y"));
        cases.diamond("inserts at one place", List.of(1, "X"), List.of(1, "Y"));
        cases.diamond("equal inserts at one place are both kept", List.of(1, "X"), List.of(1, "X"));
        cases.diamond("inserts at two places", List.of(1, "XX"), List.of(4, "YYY"));
        cases.diamond("a deletion across an insert is split", List.of(1, -3), List.of(2, "XY"));
        cases.diamond("an insert at the end of a deletion", List.of(1, -2), List.of(3, "X"));
        cases.diamond("deletions that overlap", List.of(1, -3), List.of(2, -3));
        cases.diamond("equal deletions", List.of(1, -2), List.of(1, -2));
        cases.diamond("a deletion inside another", List.of(-6), List.of(2, -2));
        cases.diamond("deletions that touch", List.of(-2), List.of(2, -2));
        cases.diamond("replacements of one word", List.of(6, "Bob", -5), List.of(6, "Eve", -5));
        cases.diamond("replacements that overlap", List.of(1, "XX", -3), List.of(2, "YY", -3));
        cases.diamond("a replacement and an insert at its start", List.of(2, "new", -3), List.of(2, "X"));
        cases.diamond("a replacement and an insert in its middle", List.of(2, "new", -3), List.of(3, "X"));
        cases.diamond("a replacement and an insert at its end", List.of(2, "new", -3), List.of(5, "X"));
        cases.diamond("emoji count as one", List.of(1, "😀"), List.of(2, "🎉", -1));
        cases.diamond("a family as it is typed", List.of(2, FAMILY), List.of(2, "👍🏽"));
        cases.diamond("many changes", List.of("a", 1, -1, 2, "b", -1), List.of(1, "c", -2, 1, "d"));
        cases.diamond("many changes at the same places", List.of("a", 1, "b", 1, "c"), List.of("x", 1, "y", 1, "z"));
        cases.diamond("the identity moves nothing", List.of(), List.of(2, "x", -1));
        cases.diamond("the identity past itself", List.of(), List.of());
    }

    private static void composing(TextEditCases cases) {
        cases.compose("typing on", List.of("a"), List.of(1, "😀"));
        cases.compose("typing in front", List.of(2, "b"), List.of(2, "a"));
        cases.compose("typed and deleted is nothing", List.of(3, "oops"), List.of(3, -4));
        cases.compose("the middle of what was typed goes", List.of("a😀bc"), List.of(1, -2));
        cases.compose("deleted around something kept", List.of(-2), List.of(1, -2));
        cases.compose("deleted on both sides of a gap joins", List.of(2, -2), List.of(1, -2));
        cases.compose("an insert into a gap stands before the deletion", List.of(2, -2), List.of(2, "x"));
        cases.compose("an insert before a kept character", List.of(1, "x"), List.of(1, "y", 1, "z"));
        cases.compose("a replacement is replaced", List.of(1, "ab", -2), List.of(1, "c", -2));
        cases.compose("\"Hello\" and \" World\"", List.of("Hello"), List.of(5, " World"));
        cases.compose("\"Hello World\" and its first six letters gone", List.of("Hello World"), List.of(-6));
        cases.compose("the identity before", List.of(), List.of(1, "x"));
        cases.compose("the identity after", List.of(1, "x"), List.of());
        cases.compose("the identity twice", List.of(), List.of());
        cases.compose("the second reaches further", List.of(1, "x"), List.of(9, -1));
        cases.compose("the first reaches further", List.of(9, -1), List.of(1, "x"));
        cases.compose("half an emoji", List.of("a"), List.of("\uD83D"));
    }

    private static void inverting(TextEditCases cases) {
        cases.invert("an insert", "abc", List.of(1, "X😀"));
        cases.invert("a deletion", "a😀c", List.of(1, -1));
        cases.invert("a replacement", "Hello World", List.of(6, "Bob", -5));
        cases.invert("everything deleted", FAMILY, List.of(-5));
        cases.invert("several changes", "abcdef", List.of("<", 1, -1, 1, "xy", -1, 1, ">"));
        cases.invert("the identity", "abc", List.of());
        cases.invert("a deletion of more than there is", "ab", List.of(-3));
        cases.invert("on an ill-formed text", "a\uD83D", List.of(-1));
    }

    private static void cursors(TextEditCases cases) {
        cases.cursor("an insert before it", List.of(1, "😀x"), 3);
        cases.cursor("an insert right at it", List.of(3, "ab"), 3);
        cases.cursor("an insert after it", List.of(4, "ab"), 3);
        cases.cursor("an insert at the start of the text", List.of("ab"), 0);
        cases.cursor("a deletion before it", List.of(-2), 3);
        cases.cursor("a deletion up to it", List.of(1, -2), 3);
        cases.cursor("a deletion around it", List.of(1, -4), 3);
        cases.cursor("a deletion from it on", List.of(3, -4), 3);
        cases.cursor("a replacement around it", List.of(1, "xyz", -4), 3);
        cases.cursor("a replacement from it on", List.of(3, "xyz", -4), 3);
        cases.cursor("a replacement up to it", List.of(1, "xyz", -2), 3);
        cases.cursor("several changes around it", List.of("ab", 1, -1, 1, "c", 2, "d"), 3);
        cases.cursor("the identity", List.of(), 3);
        cases.cursor("at the end of the text", List.of(2, "x", -3), 5);
    }

    private static void normalising(TextEditCases cases) {
        cases.normalise("nothing", List.of());
        cases.normalise("neighbours join", List.of(1, 2, "a", "b", -1, -2));
        cases.normalise("inserts stand before deletions", List.of(-1, "a", -1, "b"));
        cases.normalise("a retain keeps deletions apart", List.of(-1, 1, -1));
        cases.normalise("what is empty goes", List.of(0, "", 3, "", 0, 1, -1));
        cases.normalise("what is empty keeps nothing apart", List.of("a", 0, "b", "", -1, 0, -1));
        cases.normalise("the retain at the end goes", List.of(-1, 5));
        cases.normalise("retains alone are the identity", List.of(1, 0, 7));
        cases.normalise("halves of an emoji do not join", List.of("\uD83D", "\uDE00"));
    }

    private static void shortest(TextEditCases cases) {
        cases.shortest("no difference", "the same", "the same");
        cases.shortest("what stands between two changes is left alone", "one two three", "ONE two three!");
        cases.shortest("an empty text is filled", "", "a😀");
        cases.shortest("a text is emptied", "a😀", "");
        cases.shortest("of two ways that are as short the one is taken", "ab", "ba");
        cases.shortest("emojis that share a half differ whole", "x😀y", "x😁y");
        cases.shortest("nothing in common", "x".repeat(600), "y".repeat(600));
        cases.shortest(
                "too different to tell apart, but for both ends",
                "<" + "x".repeat(600) + ">",
                "<" + "y".repeat(600) + ">");
        cases.shortest(
                "too different to tell apart, with halves of emojis at the seams",
                "😀" + "x".repeat(600) + "😀",
                "😁" + "y".repeat(600) + "\ud83c\ude00");
    }
}

package dev.parley.ot;

import static org.assertj.core.api.Assertions.fail;

import dev.parley.fixture.TaggedText;

/**
 * Two edits of one text, both ways round, held against the merge of tagged texts: each character that was there or that
 * somebody inserted is in the result exactly once unless somebody selected it for deletion, and stands where it must.
 */
record Diamond(Text base, TextEdit left, TextEdit right) {

    /** Throws {@link AssertionError} unless both ways end with the text that the tags say. */
    void check() {
        TextEdit leftMoved = left.transform(right, Side.LEFT);
        TextEdit rightMoved = right.transform(left, Side.RIGHT);

        int leftFirst = base.length();
        int rightFirst = leftFirst + TaggedText.inserted(left);
        TaggedText start = TaggedText.of(0, base.length());
        TaggedText merged = start.merge(left, leftFirst, right, rightFirst);
        TaggedText taggedLeftFirst = start.apply(left, leftFirst).apply(rightMoved, rightFirst);
        TaggedText taggedRightFirst = start.apply(right, rightFirst).apply(leftMoved, leftFirst);

        String expected = merged.render(codePoints(rightFirst + TaggedText.inserted(right)));
        Text textLeftFirst = rightMoved.apply(left.apply(base));
        Text textRightFirst = leftMoved.apply(right.apply(base));
        boolean holds = taggedLeftFirst.equals(merged)
                && taggedRightFirst.equals(merged)
                && textLeftFirst.toString().equals(expected)
                && textRightFirst.toString().equals(expected)
                && textLeftFirst.length() == merged.length()
                && textRightFirst.length() == merged.length();
        if (!holds) {
            fail(
                    "on \"%s\", %s on the left and %s on the right must end with \"%s\" %s, but end with \"%s\" %s and \"%s\" %s",
                    base,
                    left,
                    right,
                    expected,
                    merged,
                    textLeftFirst,
                    taggedLeftFirst,
                    textRightFirst,
                    taggedRightFirst);
        }
    }

    private int[] codePoints(int count) {
        int[] codePoints = new int[count];
        int to = add(base.toString(), codePoints, 0);
        to = addInserted(left, codePoints, to);
        addInserted(right, codePoints, to);
        return codePoints;
    }

    private static int addInserted(TextEdit edit, int[] codePoints, int start) {
        int to = start;
        for (Component component : edit.components()) {
            if (component instanceof Component.Insert insert) {
                to = add(insert.text().toString(), codePoints, to);
            }
        }
        return to;
    }

    private static int add(String text, int[] codePoints, int start) {
        int to = start;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            codePoints[to++] = text.codePointAt(i);
        }
        return to;
    }
}

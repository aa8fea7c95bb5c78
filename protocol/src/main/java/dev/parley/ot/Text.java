package dev.parley.ot;

import java.util.Objects;

/**
 * A well-formed string that knows its length in code points.
 *
 * <p>Where that length equals the string's own, no character needs two UTF-16 units and an offset is an index; only other
 * texts pay for the search.
 */
public final class Text {
    public static final Text EMPTY = new Text("", 0);

    private final String string;
    private final int length;

    private Text(String string, int length) {
        this.string = string;
        this.length = length;
    }

    /** Throws {@link IllFormedTextException} for a lone surrogate. */
    public static Text of(String string) {
        int illFormed = indexOfLoneSurrogate(string);
        if (illFormed >= 0) {
            throw new IllFormedTextException(illFormed);
        }
        return joined(string, string.codePointCount(0, string.length()));
    }

    public static boolean isWellFormed(String string) {
        return indexOfLoneSurrogate(string) < 0;
    }

    private static int indexOfLoneSurrogate(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(string.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /** In code points. */
    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** From {@code from} up to {@code to}, in code points. */
    public Text slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        if (from == 0 && to == length) {
            return this;
        }
        int start = index(0, from);
        return new Text(string.substring(start, index(start, to - from)), to - from);
    }

    public Text concat(Text other) {
        if (isEmpty()) {
            return other;
        }
        return other.isEmpty() ? this : new Text(string + other.string, length + other.length);
    }

    /** The UTF-16 index {@code codePoints} after the index {@code start}. */
    int index(int start, int codePoints) {
        return string.length() == length ? start + codePoints : string.offsetByCodePoints(start, codePoints);
    }

    /** For texts joined from well-formed parts, whose length is known. */
    static Text joined(String string, int length) {
        return length == 0 ? EMPTY : new Text(string, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && string.equals(text.string);
    }

    @Override
    public int hashCode() {
        return string.hashCode();
    }

    @Override
    public String toString() {
        return string;
    }
}

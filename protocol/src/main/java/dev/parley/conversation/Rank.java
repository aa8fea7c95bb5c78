package dev.parley.conversation;

import java.util.Comparator;

/**
 * Fractional indexes: strings of digits and letters, compared by code unit, between any two of which there is another. They
 * are numbers below 1 written in base 62 without the leading point, and do not end in 0.
 *
 * <p>Each block has one: where it was moved to, or else that of the revision it stands at. So moved and unmoved blocks have
 * one order, and a block can be put between any two others.
 */
public final class Rank {
    public static final int LENGTH_MAX = 64;

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int BASE = DIGITS.length();

    /** Blocks as they are displayed. */
    public static final Comparator<Block> ORDER =
            Comparator.comparing(Rank::of).thenComparingLong(Block::revision).thenComparing(Block::id);

    private Rank() {}

    public static boolean isValid(String rank) {
        return !rank.isEmpty()
                && rank.length() <= LENGTH_MAX
                && rank.chars().allMatch(unit -> DIGITS.indexOf(unit) >= 0)
                && !rank.endsWith("0");
    }

    public static String of(Block block) {
        return block.rank().isEmpty() ? ofRevision(block.revision()) : block.rank();
    }

    /** The count of the revision's digits, its digits, and a last one that leaves room on both sides of it. */
    public static String ofRevision(long revision) {
        StringBuilder digits = new StringBuilder();
        for (long rest = revision; rest > 0; rest /= BASE) {
            digits.insert(0, DIGITS.charAt((int) (rest % BASE)));
        }
        return DIGITS.charAt(10 + digits.length()) + digits.toString() + DIGITS.charAt(BASE / 2);
    }

    /**
     * A rank after {@code before} and before {@code after}; empty stands for the end on that side. Throws {@link
     * IllegalArgumentException} unless {@code before} is the smaller.
     *
     * <p>Half way between two, and one step beyond an end, where the next will be put too: one digit more is needed after
     * some 5 ranks between the same two, and after some 60 at an end. So it may be longer than {@link #LENGTH_MAX} and not
     * valid, after hundreds of insertions at one place; then neighbours have to move too: {@link Placement}.
     */
    public static String between(String before, String after) {
        if (!after.isEmpty() && before.compareTo(after) >= 0) {
            throw new IllegalArgumentException("no rank is between " + before + " and " + after);
        }
        StringBuilder rank = new StringBuilder();
        boolean bounded = !after.isEmpty();
        for (int i = 0; ; i++) {
            int low = i < before.length() ? DIGITS.indexOf(before.charAt(i)) : 0;
            int high = bounded && i < after.length() ? DIGITS.indexOf(after.charAt(i)) : BASE;
            if (high - low > 1) {
                return rank.append(DIGITS.charAt(digit(low, high, before, after)))
                        .toString();
            }
            rank.append(DIGITS.charAt(low));
            bounded = bounded && high == low;
        }
    }

    private static int digit(int low, int high, String before, String after) {
        if (before.isEmpty() == after.isEmpty()) {
            return (low + high) / 2;
        }
        return after.isEmpty() ? low + 1 : high - 1;
    }
}

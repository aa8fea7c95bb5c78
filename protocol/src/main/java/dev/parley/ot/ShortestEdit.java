package dev.parley.ot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The edit from one text to another with as few code points inserted and deleted as can be: Eugene W. Myers, An O(ND)
 * Difference Algorithm and Its Variations, 1986. Texts that have little in common are replaced between what both begin and
 * end with. Pure, for any thread.
 */
public final class ShortestEdit {
    /** More differences are not told apart. */
    private static final int DIFFERENCES_MAX = 1_000;

    private static final int NOWHERE = -1;

    private final int[] before;
    private final int[] after;
    /** For each number of differences, how far into {@code before} they lead on the diagonals k = x - y. */
    private final List<int[]> furthest = new ArrayList<>();

    private ShortestEdit(Text before, Text after) {
        this.before = before.toString().codePoints().toArray();
        this.after = after.toString().codePoints().toArray();
    }

    public static TextEdit between(Text before, Text after) {
        ShortestEdit search = new ShortestEdit(before, after);
        return search.reachesTheEnd() ? search.traced() : replacement(before.toString(), after.toString());
    }

    private boolean reachesTheEnd() {
        int most = Math.min(before.length + after.length, DIFFERENCES_MAX);
        for (int d = 0; d <= most; d++) {
            int[] last = last(d);
            int[] now = new int[2 * d + 1];
            Arrays.fill(now, NOWHERE);
            furthest.add(now);
            for (int k = -d; k <= d; k += 2) {
                int x = isDown(last, k) ? at(last, k + 1) : at(last, k - 1) + 1;
                while (x < before.length && x - k < after.length && before[x] == after[x - k]) {
                    x++;
                }
                now[k + d] = x;
                if (x >= before.length && x - k >= after.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private int[] last(int d) {
        return d == 0 ? new int[] {NOWHERE, NOWHERE, 0} : furthest.get(d - 1);
    }

    private static int at(int[] row, int k) {
        int index = k + row.length / 2;
        return index < 0 || index >= row.length ? NOWHERE : row[index];
    }

    /** Whether the way to a diagonal goes on with an insertion. */
    private static boolean isDown(int[] last, int k) {
        return at(last, k + 1) > at(last, k - 1);
    }

    private TextEdit traced() {
        List<int[]> steps = new ArrayList<>();
        int x = before.length;
        int y = after.length;
        for (int d = furthest.size() - 1; d > 0; d--) {
            int[] last = furthest.get(d - 1);
            int k = x - y;
            boolean inserts = isDown(last, k);
            int start = inserts ? at(last, k + 1) : at(last, k - 1);
            steps.add(new int[] {inserts ? start - k - 1 : NOWHERE, x - (inserts ? start : start + 1)});
            x = start;
            y = x - (inserts ? k + 1 : k - 1);
        }
        Collections.reverse(steps);
        TextEdit.Builder edit = TextEdit.builder().retain(x);
        for (int[] step : steps) {
            if (step[0] == NOWHERE) {
                edit.delete(1);
            } else {
                edit.insert(Text.of(Character.toString(after[step[0]])));
            }
            edit.retain(step[1]);
        }
        return edit.build();
    }

    private static TextEdit replacement(String before, String after) {
        int shorter = Math.min(before.length(), after.length());
        int prefix = 0;
        while (prefix < shorter && before.charAt(prefix) == after.charAt(prefix)) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shorter - prefix
                && before.charAt(before.length() - suffix - 1) == after.charAt(after.length() - suffix - 1)) {
            suffix++;
        }
        if (prefix > 0 && Character.isHighSurrogate(before.charAt(prefix - 1))) {
            prefix--;
        }
        if (suffix > 0 && Character.isLowSurrogate(before.charAt(before.length() - suffix))) {
            suffix--;
        }
        String removed = before.substring(prefix, before.length() - suffix);
        return TextEdit.builder()
                .retain(before.codePointCount(0, prefix))
                .insert(Text.of(after.substring(prefix, after.length() - suffix)))
                .delete(removed.codePointCount(0, removed.length()))
                .build();
    }
}

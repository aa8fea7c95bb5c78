package dev.parley.load.compare;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a text by revision, each until all who write it have heard of it: as the first of them was told it, and so
 * must the others be. On the generator's loop.
 */
final class ChangeOrder {
    private static final byte[] UNTOLD = {};

    private final int writers;
    private final Map<Long, Known> changes = new HashMap<>();
    private final StringBuilder text;

    private static final class Known {
        private final Change change;
        private byte[] told = UNTOLD;
        private int heard;

        Known(Change change) {
            this.change = change;
        }
    }

    ChangeOrder(int writers, String text) {
        this.writers = writers;
        this.text = new StringBuilder(text);
    }

    /** Null where nobody heard of it yet. */
    @Nullable Change at(long revision) {
        Known known = changes.get(revision);
        return known == null ? null : known.change;
    }

    /** The next one. Throws {@link IndexOutOfBoundsException} where it does not fit the text. */
    void add(long revision, Change change) {
        if (change.baseLength() != text.length()) {
            throw new IndexOutOfBoundsException(
                    "a change of " + change.baseLength() + " characters, where the text has " + text.length());
        }
        text.replace(change.at(), change.at() + change.deleted(), change.inserted());
        changes.put(revision, new Known(change));
    }

    /** Whether somebody was told what it is: its own writer may be told only that it was taken. */
    boolean isTold(long revision) {
        Known known = changes.get(revision);
        return known != null && known.told.length > 0;
    }

    void told(long revision, byte[] bytes, int from, int to) {
        Known known = changes.get(revision);
        if (known != null) {
            known.told = Arrays.copyOfRange(bytes, from, to);
        }
    }

    boolean isTold(long revision, byte[] bytes, int from, int to) {
        Known known = changes.get(revision);
        return known != null && Arrays.equals(known.told, 0, known.told.length, bytes, from, to);
    }

    void heard(long revision) {
        Known known = changes.get(revision);
        if (known != null && ++known.heard == writers) {
            changes.remove(revision);
        }
    }

    /** What the text is after all of them. */
    String text() {
        return text.toString();
    }
}

package dev.parley.load.compare;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who writes at one place of a text that others write too: on and on to a random length, and back again, never more
 * than what is their own. One submission is in flight, and what is typed meanwhile is composed into the next, as the clients
 * of both Parley and ShareDB do it; both move past what others did. On the generator's loop.
 */
final class Keystrokes {
    /** What the text begins with, one character of each writer. */
    static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    static final int OWN_MAX = 60;

    private final RandomGenerator random;
    /** Where its first character is, which it never deletes: what others did is either up to there or behind its last one. */
    private int start;

    private int place;
    private int length;
    private int own = 1;
    private int turnsAt;
    private boolean deletes;
    private @Nullable Splice inFlight;
    private @Nullable Splice waiting;

    /** Text that was put at a place, and how many characters were taken away behind it. */
    static final class Splice {
        private final StringBuilder inserted = new StringBuilder();
        private int at;
        private int deleted;
        private long end;

        int at() {
            return at;
        }

        CharSequence inserted() {
            return inserted;
        }

        int deleted() {
            return deleted;
        }

        /** The operation behind its last one. */
        long end() {
            return end;
        }

        int growth() {
            return inserted.length() - deleted;
        }

        @Override
        public String toString() {
            return "at " + at + " '" + inserted + "' for " + deleted;
        }
    }

    /** The writer of this number, of so many, once the text is what they all begin with. */
    Keystrokes(int writer, int writers, RandomGenerator random) {
        this.random = random;
        start = writer;
        place = writer + 1;
        length = writers;
        turnsAt = 2 + random.nextInt(OWN_MAX);
    }

    /** What they begin with. */
    static String firstText(int writers) {
        StringBuilder text = new StringBuilder();
        for (int writer = 0; writer < writers; writer++) {
            text.append(LETTERS.charAt(writer % LETTERS.length()));
        }
        return text.toString();
    }

    /** Of the text as it is known to be ordered, without what is the writer's own and not answered. */
    int length() {
        return length;
    }

    void type(long operation) {
        Splice splice = waiting;
        if (splice == null) {
            splice = new Splice();
            splice.at = place;
            waiting = splice;
            turn();
        } else if (deletes && own == 1) {
            turn();
        }
        if (deletes) {
            splice.deleted++;
            splice.at--;
            place--;
            own--;
        } else {
            splice.inserted.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            place++;
            own++;
        }
        splice.end = operation + 1;
    }

    private void turn() {
        if (deletes ? own <= turnsAt : own >= turnsAt) {
            deletes = !deletes;
            turnsAt = deletes ? 1 + random.nextInt(own) : own + 1 + random.nextInt(OWN_MAX);
        }
    }

    boolean canSubmit() {
        return inFlight == null && waiting != null;
    }

    /** What goes on its way. Only where {@link #canSubmit}. */
    Splice submit() {
        Splice splice = waiting;
        if (splice == null || inFlight != null) {
            throw new IllegalStateException("nothing to submit, or something on its way");
        }
        inFlight = splice;
        waiting = null;
        return splice;
    }

    @Nullable Splice inFlight() {
        return inFlight;
    }

    /** Another's was next in the order: {@code growth} characters at {@code at}, which is no place of this writer. */
    void heard(int at, int growth) {
        length += growth;
        if (at > start) {
            return;
        }
        start += growth;
        place += growth;
        if (inFlight != null) {
            inFlight.at += growth;
        }
        if (waiting != null) {
            waiting.at += growth;
        }
    }

    /** The writer's own was next in the order: what it was, where it stands. Null if nothing was on its way. */
    @Nullable Splice answered() {
        Splice splice = inFlight;
        inFlight = null;
        length += splice == null ? 0 : splice.growth();
        return splice;
    }
}

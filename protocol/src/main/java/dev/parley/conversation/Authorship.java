package dev.parley.conversation;

import dev.parley.ot.Component;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who wrote which part of a block's text: runs over the whole text, and the authors they name, which are its creator and
 * whoever edited it, in the order of their first edit. A PUBLIC state does not track it and has {@link #UNTRACKED}.
 */
public record Authorship(List<Author> authors, List<Run> runs) {
    public static final Authorship UNTRACKED = new Authorship(List.of(), List.of());

    /** {@code length} code points by the author at index {@code author}. */
    public record Run(int length, int author) {}

    static Authorship of(Author author, int length) {
        return new Authorship(List.of(author), length == 0 ? List.of() : List.of(new Run(length, 0)));
    }

    boolean isTracked() {
        return !authors.isEmpty();
    }

    /** Of a text that is gone. */
    Authorship cleared() {
        return new Authorship(authors, List.of());
    }

    Authorship after(TextEdit edit, Author author) {
        if (!isTracked()) {
            return this;
        }
        List<Author> known = with(author);
        int index = known.indexOf(author);
        Runs result = new Runs(runs.size() + 2 * edit.components().size());
        Reader old = new Reader(runs);
        for (Component component : edit.components()) {
            switch (component.kind()) {
                case INSERT -> result.add(component.length(), index);
                case DELETE -> old.take(component.length(), null);
                case RETAIN -> old.take(component.length(), result);
            }
        }
        old.take(Integer.MAX_VALUE, result);
        return new Authorship(known, List.copyOf(result.all));
    }

    /** With a separator by {@code author} and then another text, if both texts have some. */
    Authorship joined(Authorship other, int separatorLength, Author author) {
        if (!isTracked()) {
            return this;
        }
        Authorship result = this;
        Runs all = new Runs(runs.size() + other.runs.size() + 1);
        runs.forEach(run -> all.add(run.length(), run.author()));
        if (separatorLength > 0) {
            result = new Authorship(result.with(author), runs);
            all.add(separatorLength, result.authors.indexOf(author));
        }
        for (Run run : other.runs) {
            Author writer = other.authors.get(run.author());
            result = new Authorship(result.with(writer), runs);
            all.add(run.length(), result.authors.indexOf(writer));
        }
        return new Authorship(result.authors, List.copyOf(all.all));
    }

    private List<Author> with(Author author) {
        if (authors.contains(author)) {
            return authors;
        }
        List<Author> more = new ArrayList<>(authors);
        more.add(author);
        return List.copyOf(more);
    }

    /** Runs in the making: neighbours by one author are one. */
    private static final class Runs {
        private final List<Run> all;

        Runs(int capacity) {
            all = new ArrayList<>(capacity);
        }

        void add(int length, int author) {
            if (!joins(length, author)) {
                all.add(new Run(length, author));
            }
        }

        /** The same run, where nothing of it joins the one before. */
        void add(Run whole) {
            if (!joins(whole.length(), whole.author())) {
                all.add(whole);
            }
        }

        private boolean joins(int length, int author) {
            int last = all.size() - 1;
            if (last < 0 || all.get(last).author() != author) {
                return false;
            }
            all.set(last, new Run(all.get(last).length() + length, author));
            return true;
        }
    }

    /** Takes runs piece by piece, and puts them into {@code into} unless it is null. */
    private static final class Reader {
        private final List<Run> runs;
        private int next;
        private int taken;

        Reader(List<Run> runs) {
            this.runs = runs;
        }

        void take(int length, @Nullable Runs into) {
            int left = length;
            while (left > 0 && next < runs.size()) {
                Run run = runs.get(next);
                int piece = Math.min(left, run.length() - taken);
                if (into != null && piece == run.length()) {
                    into.add(run);
                } else if (into != null) {
                    into.add(piece, run.author());
                }
                left -= piece;
                taken += piece;
                if (taken == run.length()) {
                    next++;
                    taken = 0;
                }
            }
        }
    }
}

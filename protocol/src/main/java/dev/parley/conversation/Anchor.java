package dev.parley.conversation;

import dev.parley.ot.Component;
import dev.parley.ot.TextEdit;
import java.util.Comparator;

/**
 * A named place in a block's text, moved by every edit of it. Of a run it is the point where the assistant goes on: left of
 * what others insert there, pushed by the run's own text, of which {@code written} counts the code points. Of a suggestion
 * it is the range that would be replaced, stale once all of it was deleted.
 */
public record Anchor(String name, int start, int end, boolean run, boolean stale, int written) {
    static final Comparator<Anchor> BY_NAME = Comparator.comparing(Anchor::name);

    static Anchor placed(Effect.PlaceAnchor effect) {
        return new Anchor(effect.name(), effect.start(), effect.end(), effect.run(), false, 0);
    }

    Anchor after(TextEdit edit, Origin origin) {
        boolean own = run && origin.run().equals(name);
        Span span = new Span(start, end).after(edit, own);
        boolean lost = stale || (start < end && span.start() == span.end());
        return new Anchor(name, span.start(), span.end(), run, lost, own ? written + inserted(edit) : written);
    }

    Anchor shifted(int by) {
        return new Anchor(name, start + by, end + by, run, stale, written);
    }

    private static int inserted(TextEdit edit) {
        return edit.components().stream()
                .filter(component -> component.kind() == Component.Kind.INSERT)
                .mapToInt(Component::length)
                .sum();
    }

    /** Two places in a text. */
    record Span(int start, int end) {

        /** A range does not take in what is inserted at its ends; a point stays left of it, unless the text is its own. */
        Span after(TextEdit edit, boolean own) {
            if (start == end) {
                int point = edit.transformCursor(start, own);
                return new Span(point, point);
            }
            int first = edit.transformCursor(start, true);
            return new Span(first, Math.max(first, edit.transformCursor(end, false)));
        }
    }
}

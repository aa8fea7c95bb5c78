package dev.parley.conversation;

import java.util.ArrayList;
import java.util.List;

/**
 * An accepted submission. {@code timeMillis} is UTC and never less than that of the entry before; {@code
 * composedAtMillis} is the author's own clock for what was written offline, else 0, and for display only.
 */
public record Entry(
        long revision,
        Author author,
        long timeMillis,
        SubmissionId submission,
        String command,
        List<Effect> effects,
        long composedAtMillis,
        Origin origin) {

    /** One that a human brought about. */
    public Entry(
            long revision,
            Author author,
            long timeMillis,
            SubmissionId submission,
            String command,
            List<Effect> effects,
            long composedAtMillis) {
        this(revision, author, timeMillis, submission, command, effects, composedAtMillis, Origin.HUMAN);
    }

    public Entry withEffects(List<Effect> others) {
        return new Entry(revision, author, timeMillis, submission, command, others, composedAtMillis, origin);
    }

    /** The effects that {@code view} may see, as it sees them. */
    public List<Effect> effectsFor(View view) {
        if (view == View.STAFF) {
            return effects;
        }
        List<Effect> visible = new ArrayList<>(effects.size());
        for (Effect effect : effects) {
            if (view.sees(effect.audience())) {
                visible.add(asPublic(effect));
            }
        }
        return visible;
    }

    /** Whether {@code view} may see something of it. */
    public boolean isSeenBy(View view) {
        if (view == View.STAFF) {
            return !effects.isEmpty();
        }
        for (Effect effect : effects) {
            if (view.sees(effect.audience())) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code view} sees all of it, just as it is. */
    public boolean isSeenWholeBy(View view) {
        if (view == View.STAFF) {
            return true;
        }
        for (Effect effect : effects) {
            if (!view.sees(effect.audience()) || asPublic(effect) != effect) {
                return false;
            }
        }
        return command.isEmpty() && origin.equals(Origin.HUMAN);
    }

    private static Effect asPublic(Effect effect) {
        if (effect instanceof Effect.Reveal reveal) {
            return asPublic(reveal.shown());
        }
        return effect instanceof Effect.Create create && !create.attributes().isEmpty() ? asPublic(create) : effect;
    }

    private static Effect asPublic(Effect.Create create) {
        return new Effect.Create(
                create.block(),
                create.kind(),
                create.audience(),
                create.text(),
                Attributes.publicOnly(create.attributes()));
    }

    /** This entry through a view; one without effects is hidden from it. How it came about is for staff alone. */
    public Entry seenBy(View view) {
        return view == View.STAFF
                ? this
                : new Entry(revision, author, timeMillis, submission, "", effectsFor(view), composedAtMillis);
    }
}

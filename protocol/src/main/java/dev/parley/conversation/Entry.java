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
        long composedAtMillis) {

    /** The effects that {@code view} may see, as it sees them. */
    public List<Effect> effectsFor(View view) {
        if (view == View.STAFF) {
            return effects;
        }
        List<Effect> visible = new ArrayList<>(effects.size());
        for (Effect effect : effects) {
            if (view.sees(effect.audience())) {
                visible.add(
                        effect instanceof Effect.Reveal reveal
                                ? new Effect.Create(
                                        reveal.block(),
                                        BlockKind.MESSAGE,
                                        View.PUBLIC,
                                        reveal.text(),
                                        reveal.attributes())
                                : effect);
            }
        }
        return visible;
    }

    /** This entry through a view; one without effects is hidden from it. */
    public Entry seenBy(View view) {
        return view == View.STAFF
                ? this
                : new Entry(revision, author, timeMillis, submission, command, effectsFor(view), composedAtMillis);
    }
}

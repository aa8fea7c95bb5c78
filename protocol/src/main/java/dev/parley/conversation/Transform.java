package dev.parley.conversation;

import dev.parley.ot.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves a submission past an entry that came before it in the log.
 *
 * <p>Structure is addressed by id, so effects meet only on the same block: an edit is moved past an edit, and an edit of a
 * draft cannot be moved past the entry that published it. Everything else passes unchanged; of two Sets the later wins.
 *
 * <p>A submission of several effects is crossed pairwise: each effect of the entry is itself moved past the submission's
 * earlier effects before it meets the next. Moving all effects past the untouched entry instead diverges: text "ab", entry
 * inserts Z at 2, submission deletes 2 and then inserts Q at 0; the gateway would get "QZ" and the client "ZQ".
 */
public final class Transform {

    private Transform() {}

    /** The submission as it is after the entry, and the entry as the submission's author has to show it. */
    public record Crossed(List<Effect> submission, List<Effect> entry) {}

    /**
     * The incoming edit stands left of history. The one exception, known to both ends from the roles: between an assistant
     * and a human the assistant's text stays left, whichever came first, so that neither is split.
     */
    public static Side side(Role incoming, Role history) {
        return history == Role.ASSISTANT && incoming != Role.ASSISTANT ? Side.RIGHT : Side.LEFT;
    }

    /** Throws {@link RejectedException} if the submission can no longer be meant after the entry. */
    public static Crossed cross(List<Effect> submission, Role author, List<Effect> entry, Role entryAuthor)
            throws RejectedException {
        Side side = side(author, entryAuthor);
        List<Effect> mine = new ArrayList<>(submission);
        List<Effect> theirs = new ArrayList<>(entry.size());
        for (Effect effect : entry) {
            @Nullable Effect theirEffect = effect;
            for (int i = 0; i < mine.size() && theirEffect != null; i++) {
                Effect myEffect = mine.get(i);
                if (!myEffect.target().equals(theirEffect.target())) {
                    continue;
                }
                mine.set(i, moved(myEffect, theirEffect, side));
                theirEffect = shown(theirEffect, myEffect, side.other());
            }
            if (theirEffect != null) {
                theirs.add(theirEffect);
            }
        }
        return new Crossed(mine, theirs);
    }

    /** An incoming effect past one of history. */
    private static Effect moved(Effect incoming, Effect history, Side side) throws RejectedException {
        if (incoming instanceof Effect.EditText edit) {
            if (history instanceof Effect.EditText earlier) {
                requireSameText(edit, earlier);
                return past(edit, earlier, side);
            }
            if (history instanceof Effect.Reveal) {
                throw new RejectedException(RejectCode.BLOCK_PUBLISHED);
            }
        }
        return incoming;
    }

    /** Both were made on one text; an edit that lies about it must not reach the arithmetic of the algebra. */
    private static void requireSameText(Effect.EditText incoming, Effect.EditText history) throws RejectedException {
        if (incoming.baseLength() != history.baseLength()) {
            throw new RejectedException(RejectCode.LENGTH_MISMATCH);
        }
        if (incoming.edit().reach() > incoming.baseLength()) {
            throw new RejectedException(RejectCode.OUT_OF_RANGE);
        }
    }

    /** An effect of history where a pending one is already shown; null where nothing of it shows. */
    private static @Nullable Effect shown(Effect history, Effect pending, Side side) {
        if (history instanceof Effect.EditText edit && pending instanceof Effect.EditText earlier) {
            return past(edit, earlier, side);
        }
        if (history instanceof Effect.Set set
                && pending instanceof Effect.Set later
                && set.key().equals(later.key())) {
            return set.advance() ? set : null;
        }
        return history;
    }

    private static Effect.EditText past(Effect.EditText edit, Effect.EditText other, Side side) {
        return new Effect.EditText(
                edit.block(),
                edit.baseLength() + other.edit().growth(),
                edit.edit().transform(other.edit(), side),
                edit.audience());
    }
}

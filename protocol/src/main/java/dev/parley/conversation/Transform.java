package dev.parley.conversation;

import dev.parley.ot.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves a submission past an entry that came before it in the log.
 *
 * <p>Structure is addressed by id, so effects meet only where they are about the same block:
 *
 * <ul>
 *   <li>an edit is moved past an edit of the same text;
 *   <li>an edit of a block that was merged into another follows its text there; an edit of the block that took it in only
 *       learns that the text is longer now;
 *   <li>an edit of a draft that was published, or of a block that was erased, cannot be meant any more;
 *   <li>an anchor is moved like a cursor.
 * </ul>
 *
 * <p>Everything else passes unchanged; of two Sets of one key, and of two Moves, the later wins.
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
            Effect shown = cross(mine, effect, side, mine.size());
            if (shown != null) {
                theirs.add(shown);
            }
        }
        return new Crossed(mine, theirs);
    }

    /** The same for who does not show the entry: {@link Crossed#submission}. */
    public static List<Effect> past(List<Effect> submission, Role author, List<Effect> entry, Role entryAuthor)
            throws RejectedException {
        Side side = side(author, entryAuthor);
        List<Effect> mine = new ArrayList<>(submission);
        for (Effect effect : entry) {
            cross(mine, effect, side, mine.size() - 1);
        }
        return mine;
    }

    /** Moves all of {@code mine} past one effect of an entry, and that past the first {@code shownPast} of them. */
    private static @Nullable Effect cross(List<Effect> mine, Effect theirs, Side side, int shownPast)
            throws RejectedException {
        @Nullable Effect shown = theirs;
        for (int i = 0; i < mine.size() && shown != null; i++) {
            Effect myEffect = mine.get(i);
            if (meet(myEffect, shown)) {
                mine.set(i, moved(myEffect, shown, side));
                shown = i < shownPast ? shown(shown, myEffect, side.other()) : shown;
            }
        }
        return shown;
    }

    private static boolean meet(Effect mine, Effect theirs) {
        return mine.target().equals(theirs.target())
                || (theirs instanceof Effect.Retarget retarget && mine.target().equals(retarget.into()));
    }

    /** An incoming effect past one of history. */
    private static Effect moved(Effect incoming, Effect history, Side side) throws RejectedException {
        if (incoming instanceof Effect.EditText edit) {
            if (history instanceof Effect.EditText earlier) {
                requireSameText(edit, earlier);
                return past(edit, earlier, side);
            } else if (history instanceof Effect.Retarget retarget) {
                return follow(edit, retarget);
            } else if (history instanceof Effect.Reveal) {
                throw new RejectedException(RejectCode.BLOCK_PUBLISHED);
            } else if (history instanceof Effect.Erase) {
                throw new RejectedException(RejectCode.BLOCK_ERASED);
            }
        } else if (incoming instanceof Effect.PlaceAnchor anchor) {
            if (history instanceof Effect.EditText earlier) {
                return past(anchor, earlier);
            } else if (history instanceof Effect.Retarget retarget
                    && retarget.block().equals(anchor.block())) {
                return new Effect.PlaceAnchor(
                        retarget.into(),
                        anchor.name(),
                        anchor.start() + retarget.at(),
                        anchor.end() + retarget.at(),
                        anchor.run(),
                        anchor.removed(),
                        anchor.audience());
            } else if (history instanceof Effect.Erase) {
                throw new RejectedException(RejectCode.BLOCK_ERASED);
            }
        }
        return incoming;
    }

    /** Both were made on one text; an edit that lies about it must not reach the arithmetic of the algebra. */
    private static void requireSameText(Effect.EditText incoming, Effect.EditText history) throws RejectedException {
        requireSameText(incoming, history.baseLength());
    }

    private static void requireSameText(Effect.EditText incoming, int baseLength) throws RejectedException {
        if (incoming.baseLength() != baseLength) {
            throw new RejectedException(RejectCode.LENGTH_MISMATCH);
        }
        if (incoming.edit().reach() > incoming.baseLength()) {
            throw new RejectedException(RejectCode.OUT_OF_RANGE);
        }
    }

    private static Effect.EditText follow(Effect.EditText edit, Effect.Retarget retarget) throws RejectedException {
        if (edit.block().equals(retarget.into())) {
            requireSameText(edit, retarget.intoLength());
            return new Effect.EditText(
                    edit.block(), edit.baseLength() + retarget.growth(), edit.edit(), edit.audience());
        }
        requireSameText(edit, retarget.length());
        return new Effect.EditText(
                retarget.into(),
                retarget.at() + edit.baseLength(),
                edit.edit().shifted(retarget.at()),
                edit.audience());
    }

    /** An effect of history where a pending one is already shown; null where nothing of it shows. */
    private static @Nullable Effect shown(Effect history, Effect pending, Side side) {
        if (pending instanceof Effect.EditText edit) {
            if (history instanceof Effect.EditText incoming) {
                return past(incoming, edit, side);
            } else if (history instanceof Effect.Retarget retarget) {
                return past(retarget, edit);
            } else if (history instanceof Effect.PlaceAnchor anchor) {
                return past(anchor, edit);
            }
        } else if (history instanceof Effect.Set set
                && pending instanceof Effect.Set later
                && set.key().equals(later.key())) {
            return set.advance() ? set : null;
        } else if (history instanceof Effect.Move && pending instanceof Effect.Move) {
            return null;
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

    private static Effect.PlaceAnchor past(Effect.PlaceAnchor anchor, Effect.EditText edit) {
        Anchor.Span span = new Anchor.Span(anchor.start(), anchor.end()).after(edit.edit(), false);
        return new Effect.PlaceAnchor(
                anchor.block(),
                anchor.name(),
                span.start(),
                span.end(),
                anchor.run(),
                anchor.removed(),
                anchor.audience());
    }

    private static Effect.Retarget past(Effect.Retarget retarget, Effect.EditText edit) {
        int growth = edit.edit().growth();
        boolean ofBlock = edit.block().equals(retarget.block());
        return new Effect.Retarget(
                retarget.block(),
                retarget.into(),
                retarget.intoLength() + (ofBlock ? 0 : growth),
                retarget.at() + (ofBlock ? 0 : growth),
                retarget.length() + (ofBlock ? growth : 0),
                retarget.audience());
    }
}

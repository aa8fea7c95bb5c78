package dev.parley.conversation;

import dev.parley.ot.TextEdit;
import java.util.SortedMap;

/**
 * What a client asks for: an optimistic change, which it shows at once and rebases until it is answered, or a command,
 * which the gateway validates at head and stamps.
 */
public sealed interface Operation {

    /** {@code block} begins with the sender's outbox id and a dot. */
    record CreateBlock(String block, BlockKind kind, View audience, String text, SortedMap<String, String> attributes)
            implements Operation {}

    /** {@code baseLength} is the length of the text that the edit was made on, in code points. */
    record EditText(String block, int baseLength, TextEdit edit) implements Operation {}

    /** An empty target is the conversation; an empty value removes the attribute. */
    record SetAttribute(String target, String key, String value) implements Operation {}

    /** Moves the sender's own marker forward, never back. */
    record Advance(String key, long revision) implements Operation {}

    /** {@code rank}: see {@link Rank}. */
    record MoveBlock(String block, String rank) implements Operation {}

    /** Ties a suggestion, created in the same submission, to the range of {@code block} that it would replace. */
    record PlaceAnchor(String block, int baseLength, String suggestion, int start, int end) implements Operation {}

    /** {@code answers}: the revision that it answers, 0 for none in particular. */
    record PublishDraft(String block, long answers) implements Command {}

    record MergeBlocks(String block, String into) implements Command {}

    record TakeOver(String block) implements Command {}

    record AcceptSuggestion(String block) implements Command {}

    record DismissSuggestion(String block) implements Command {}

    record CloseConversation() implements Command {}

    record ReopenConversation() implements Command {}

    record Redact(String block) implements Command {}

    record Link(String visitor, String visitorName) implements Command {}

    record StartRun(String block, String run) implements Command {}

    record AppendText(String block, String run, long fence, String text) implements Command {}

    record FinishRun(String block, String run, long fence) implements Command {}

    /** One that could not be understood; a submission that holds it is rejected with the code. */
    record Invalid(RejectCode code) implements Operation {}

    /** Stands alone in its submission. Its name is that of its entry. */
    sealed interface Command extends Operation {

        /** The block that it is about; empty for the conversation. */
        default String block() {
            return "";
        }

        default String name() {
            return getClass().getSimpleName();
        }
    }

    default boolean isCommand() {
        return this instanceof Command;
    }

    /**
     * What an optimistic operation of {@code author} does, before it is stamped. Throws {@link
     * IllegalArgumentException} for the others.
     */
    default Effect effect(Author author) {
        if (this instanceof EditText edit) {
            return new Effect.EditText(edit.block, edit.baseLength, edit.edit, View.STAFF);
        } else if (this instanceof CreateBlock create) {
            return new Effect.Create(create.block, create.kind, create.audience, create.text, create.attributes);
        } else if (this instanceof SetAttribute set) {
            return new Effect.Set(set.target, set.key, set.value, false, View.STAFF);
        } else if (this instanceof Advance advance) {
            return new Effect.Set(
                    "", Attributes.marker(advance.key, author), Long.toString(advance.revision), true, View.STAFF);
        } else if (this instanceof MoveBlock move) {
            return new Effect.Move(move.block, move.rank, View.STAFF);
        } else if (this instanceof PlaceAnchor anchor) {
            return new Effect.PlaceAnchor(
                    anchor.block, anchor.suggestion, anchor.start, anchor.end, false, false, View.STAFF);
        }
        throw new IllegalArgumentException("not an optimistic operation: " + this);
    }
}

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

    record PublishDraft(String block) implements Operation {}

    /** One that could not be understood; a submission that holds it is rejected with the code. */
    record Invalid(RejectCode code) implements Operation {}

    /** A command stands alone in its submission. */
    default boolean isCommand() {
        return this instanceof PublishDraft;
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
        }
        throw new IllegalArgumentException("not an optimistic operation: " + this);
    }
}

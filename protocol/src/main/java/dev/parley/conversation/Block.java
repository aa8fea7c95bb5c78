package dev.parley.conversation;

import dev.parley.ot.Text;
import java.util.SortedMap;

/**
 * One small text document of a conversation. {@code revision} is where it stands: the entry that created or revealed it;
 * {@code edited} the last entry that edited its text after that, or 0.
 */
public record Block(
        String id,
        BlockKind kind,
        View audience,
        Author author,
        long revision,
        long edited,
        long timeMillis,
        long composedAtMillis,
        Text text,
        SortedMap<String, String> attributes) {

    static Block created(Effect.Create create, Entry entry) {
        return new Block(
                create.block(),
                create.kind(),
                create.audience(),
                entry.author(),
                entry.revision(),
                0,
                entry.timeMillis(),
                entry.composedAtMillis(),
                Text.of(create.text()),
                create.attributes());
    }

    Block revealed(Effect.Reveal reveal, Entry entry) {
        return new Block(
                id,
                BlockKind.MESSAGE,
                View.PUBLIC,
                entry.author(),
                entry.revision(),
                0,
                entry.timeMillis(),
                entry.composedAtMillis(),
                Text.of(reveal.text()),
                reveal.attributes());
    }

    Block withText(Text changed, long atRevision) {
        return new Block(
                id, kind, audience, author, revision, atRevision, timeMillis, composedAtMillis, changed, attributes);
    }

    Block with(Effect.Set set) {
        return new Block(
                id,
                kind,
                audience,
                author,
                revision,
                edited,
                timeMillis,
                composedAtMillis,
                text,
                Attributes.with(attributes, set));
    }

    /** This block as {@code view} gets it in a snapshot. */
    public Block seenBy(View view) {
        SortedMap<String, String> visible = view == View.STAFF ? attributes : Attributes.publicOnly(attributes);
        if (visible == attributes) {
            return this;
        }
        return new Block(id, kind, audience, author, revision, edited, timeMillis, composedAtMillis, text, visible);
    }
}

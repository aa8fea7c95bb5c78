package dev.parley.conversation;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One small text document of a conversation.
 *
 * @param owners whoever it belongs to besides its author, since blocks of theirs were merged into it
 * @param revision where it stands: the entry that created or revealed it
 * @param edited the last entry that edited its text after that, or 0
 * @param rank where it was moved to, or empty: see {@link Rank}
 * @param mergedInto the block that has its text now, or empty
 * @param erased its text is gone for good
 * @param anchors sorted by name; none in the PUBLIC view
 */
public record Block(
        String id,
        BlockKind kind,
        View audience,
        Author author,
        List<Author> owners,
        long revision,
        long edited,
        long timeMillis,
        long composedAtMillis,
        Text text,
        SortedMap<String, String> attributes,
        String rank,
        String mergedInto,
        boolean erased,
        List<Anchor> anchors,
        Authorship authorship) {

    static Block created(Effect.Create create, Entry entry, View view) {
        Text text = Text.of(create.text());
        return new Block(
                create.block(),
                create.kind(),
                create.audience(),
                entry.author(),
                List.of(),
                entry.revision(),
                0,
                entry.timeMillis(),
                entry.composedAtMillis(),
                text,
                create.attributes(),
                "",
                "",
                false,
                List.of(),
                view == View.STAFF ? Authorship.of(entry.author(), text.length()) : Authorship.UNTRACKED);
    }

    public boolean isMerged() {
        return !mergedInto.isEmpty();
    }

    /** Whether it is this author's, alone or among others. */
    public boolean belongsTo(Author someone) {
        return author.is(someone) || owners.stream().anyMatch(owner -> owner.is(someone));
    }

    public @Nullable Anchor anchor(String name) {
        return anchors.stream()
                .filter(anchor -> anchor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** It becomes a message of whoever revealed it; who wrote its text stays known. */
    Block revealed(Effect.Reveal reveal, Entry entry) {
        return new Block(
                id,
                BlockKind.MESSAGE,
                View.PUBLIC,
                entry.author(),
                List.of(),
                entry.revision(),
                0,
                entry.timeMillis(),
                entry.composedAtMillis(),
                Text.of(reveal.text()),
                reveal.attributes(),
                "",
                "",
                false,
                anchors.stream().filter(anchor -> !anchor.run()).toList(),
                authorship);
    }

    Block edited(TextEdit edit, Entry entry) {
        return with(
                edit.apply(text),
                entry.revision(),
                anchors.isEmpty()
                        ? anchors
                        : anchors.stream()
                                .map(anchor -> anchor.after(edit, entry.origin()))
                                .toList(),
                authorship.after(edit, entry.author()));
    }

    private Block with(Text changed, long editedAt, List<Anchor> movedAnchors, Authorship changedAuthorship) {
        return new Block(
                id,
                kind,
                audience,
                author,
                owners,
                revision,
                editedAt,
                timeMillis,
                composedAtMillis,
                changed,
                attributes,
                rank,
                mergedInto,
                erased,
                movedAnchors,
                changedAuthorship);
    }

    Block with(Effect.Set set) {
        return with(Attributes.with(attributes, set), rank, mergedInto, erased);
    }

    Block moved(Effect.Move move) {
        return with(attributes, move.rank(), mergedInto, erased);
    }

    private Block with(
            SortedMap<String, String> changedAttributes, String changedRank, String changedInto, boolean isErased) {
        return new Block(
                id,
                kind,
                audience,
                author,
                owners,
                revision,
                edited,
                timeMillis,
                composedAtMillis,
                text,
                changedAttributes,
                changedRank,
                changedInto,
                isErased,
                anchors,
                authorship);
    }

    /** What is left of a block whose text another one has now. */
    Block mergedAway(String into, Entry entry) {
        return with(Text.EMPTY, entry.revision(), List.of(), authorship.isTracked() ? authorship.cleared() : authorship)
                .with(attributes, rank, into, erased);
    }

    /** With the text of {@code other} behind its own, at {@code at}. */
    Block joined(Block other, int at, Entry entry) {
        int separatorLength = at - text.length();
        List<Anchor> allAnchors = new ArrayList<>(anchors);
        other.anchors.forEach(anchor -> allAnchors.add(anchor.shifted(at)));
        allAnchors.sort(Anchor.BY_NAME);
        List<Author> allOwners = new ArrayList<>(owners);
        List<Author> others = new ArrayList<>(other.owners);
        others.add(0, other.author);
        for (Author owner : others) {
            if (!author.equals(owner) && !allOwners.contains(owner)) {
                allOwners.add(owner);
            }
        }
        return new Block(
                id,
                kind,
                audience,
                author,
                List.copyOf(allOwners),
                revision,
                entry.revision(),
                timeMillis,
                composedAtMillis,
                text.concat(Text.of("\n".repeat(separatorLength))).concat(other.text),
                attributes,
                rank,
                mergedInto,
                erased,
                List.copyOf(allAnchors),
                authorship.joined(other.authorship, separatorLength, entry.author()));
    }

    Block erased(Entry entry) {
        return with(Text.EMPTY, entry.revision(), List.of(), authorship.isTracked() ? authorship.cleared() : authorship)
                .with(Attributes.NONE, rank, mergedInto, true);
    }

    Block with(Effect.PlaceAnchor effect) {
        List<Anchor> changed = new ArrayList<>(anchors);
        changed.removeIf(anchor -> anchor.name().equals(effect.name()));
        if (!effect.removed()) {
            changed.add(Anchor.placed(effect));
            changed.sort(Anchor.BY_NAME);
        }
        return with(text, edited, List.copyOf(changed), authorship);
    }

    /** This block as {@code view} gets it in a snapshot. */
    public Block seenBy(View view) {
        if (view == View.STAFF) {
            return this;
        }
        return with(text, edited, List.of(), Authorship.UNTRACKED)
                .with(Attributes.publicOnly(attributes), rank, mergedInto, erased);
    }
}

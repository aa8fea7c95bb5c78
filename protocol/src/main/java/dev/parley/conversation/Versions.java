package dev.parley.conversation;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one block's text, from the entries of the log in order: what was written when and by whom, and who wrote
 * which part. An author who goes on within half a minute makes one version. Owned by one thread.
 *
 * <p>It holds the texts of the block and of those that were merged into it, which {@link Merges} finds in a pass before, and
 * of the versions only the part that was asked for.
 */
public final class Versions {
    static final long ONE_VERSION_MILLIS = 30_000;

    private final String block;
    private final Set<String> sources;
    private final boolean erased;
    private final long after;
    private final int limit;
    private final Map<String, Written> texts = new HashMap<>();
    private final List<Version> versions = new ArrayList<>();
    private @Nullable Version last;
    private boolean kept;
    private boolean typing;
    private boolean more;

    /** A text and who wrote it. */
    private record Written(Text text, Authorship authorship) {}

    /**
     * The text as {@code revision} left it.
     *
     * @param firstRevision of the first entry in it
     * @param command that of its entry, or empty for edits
     * @param edit what makes the text from that of the version before
     */
    public record Version(
            long firstRevision,
            long revision,
            long firstTimeMillis,
            long timeMillis,
            Author author,
            Origin origin,
            String command,
            Text text,
            TextEdit edit,
            Authorship authorship) {

        private boolean goesOn(Entry entry) {
            return command.equals(entry.command())
                    && author.equals(entry.author())
                    && origin.equals(entry.origin())
                    && entry.timeMillis() - firstTimeMillis <= ONE_VERSION_MILLIS;
        }
    }

    /** The first {@code limit} versions that end after the revision {@code after}. */
    public Versions(String block, Merges merges, long after, int limit) {
        this.block = block;
        this.sources = merges.sourcesOf(block);
        this.erased = merges.isErased(block);
        this.after = after;
        this.limit = limit;
    }

    /** The next entry of the log, from its first one on. */
    public void add(Entry entry) {
        if (more) {
            return;
        }
        boolean touched = false;
        boolean editsOnly = true;
        TextEdit edit = TextEdit.IDENTITY;
        for (Effect effect : entry.effects()) {
            if (sources.contains(effect.target())
                    || (effect instanceof Effect.Retarget to && to.into().equals(block))) {
                TextEdit made = apply(effect, entry);
                if (made != null) {
                    touched = true;
                    edit = edit.compose(made);
                    editsOnly &= effect instanceof Effect.EditText;
                }
            }
        }
        if (touched) {
            note(entry, edit, editsOnly);
        }
    }

    /** What it did to the block's text; null if it is about another block, or not about text. */
    private @Nullable TextEdit apply(Effect effect, Entry entry) {
        boolean own = effect.target().equals(block);
        if (effect instanceof Effect.Create create) {
            Text text = Text.of(create.text());
            texts.put(create.block(), new Written(text, Authorship.of(entry.author(), text.length())));
            return own ? TextEdit.insert(0, create.text()) : null;
        } else if (effect instanceof Effect.EditText edit) {
            return apply(edit, entry) && own ? edit.edit() : null;
        } else if (effect instanceof Effect.Retarget merge) {
            return merge(merge, entry);
        } else if (effect instanceof Effect.Erase) {
            int length = text(effect.target()).length();
            texts.remove(effect.target());
            return own ? TextEdit.delete(0, length) : null;
        }
        return own && effect instanceof Effect.Reveal ? TextEdit.IDENTITY : null;
    }

    /** False for an edit of a text that is no longer in the log. */
    private boolean apply(Effect.EditText edit, Entry entry) {
        Written written = texts.get(edit.block());
        if (written == null || written.text().length() != edit.baseLength()) {
            texts.remove(edit.block());
            return false;
        }
        texts.put(
                edit.block(),
                new Written(
                        edit.edit().apply(written.text()), written.authorship().after(edit.edit(), entry.author())));
        return true;
    }

    private @Nullable TextEdit merge(Effect.Retarget merge, Entry entry) {
        Written from = texts.remove(merge.block());
        Written into = texts.get(merge.into());
        int separatorLength = merge.at() - merge.intoLength();
        if (merge.block().equals(block)) {
            texts.put(block, new Written(Text.EMPTY, Authorship.of(entry.author(), 0)));
            return from == null
                    ? TextEdit.IDENTITY
                    : TextEdit.delete(0, from.text().length());
        }
        if (from == null || into == null) {
            texts.remove(merge.into());
            return null;
        }
        Text appended = Text.of("\n".repeat(separatorLength)).concat(from.text());
        texts.put(
                merge.into(),
                new Written(
                        into.text().concat(appended),
                        into.authorship().joined(from.authorship(), separatorLength, entry.author())));
        return merge.into().equals(block) ? TextEdit.insert(into.text().length(), appended.toString()) : null;
    }

    private Text text(String id) {
        Written written = texts.get(id);
        return written == null ? Text.EMPTY : written.text();
    }

    private void note(Entry entry, TextEdit edit, boolean editsOnly) {
        Version one = typing && editsOnly ? last : null;
        boolean goesOn = one != null && one.goesOn(entry);
        Version made = version(goesOn ? one : null, entry, edit);
        if (goesOn && kept) {
            versions.set(versions.size() - 1, made);
        } else if (versions.size() == limit) {
            more = true;
        } else if (made.revision() > after) {
            versions.add(made);
            kept = true;
        }
        last = made;
        typing = editsOnly || text(block).isEmpty();
    }

    private Version version(@Nullable Version before, Entry entry, TextEdit edit) {
        Written written = texts.getOrDefault(block, new Written(Text.EMPTY, Authorship.UNTRACKED));
        return new Version(
                before == null ? entry.revision() : before.firstRevision(),
                entry.revision(),
                before == null ? entry.timeMillis() : before.firstTimeMillis(),
                entry.timeMillis(),
                entry.author(),
                entry.origin(),
                entry.command(),
                erased ? Text.EMPTY : written.text(),
                erased
                        ? TextEdit.IDENTITY
                        : before == null ? edit : before.edit().compose(edit),
                erased ? Authorship.UNTRACKED : written.authorship());
    }

    /** No later entry changes what {@link #all} answers. */
    public boolean isFull() {
        return more;
    }

    /** Its text was taken away for good: the versions say who wrote when, and not what. */
    public boolean isErased() {
        return erased;
    }

    public List<Version> all() {
        return List.copyOf(versions);
    }

    /** Which block's text went where, and whose was erased: what has to be known before. Owned by one thread. */
    public static final class Merges {
        private final Map<String, String> into = new HashMap<>();
        private final Set<String> gone = new HashSet<>();

        public void add(Entry entry) {
            for (Effect effect : entry.effects()) {
                if (effect instanceof Effect.Retarget merge) {
                    into.put(merge.block(), merge.into());
                } else if (effect instanceof Effect.Erase erase) {
                    gone.add(erase.block());
                }
            }
        }

        private Set<String> sourcesOf(String block) {
            Set<String> sources = new HashSet<>(Set.of(block));
            into.keySet().stream().filter(source -> leadsTo(source, block)).forEach(sources::add);
            return sources;
        }

        private boolean leadsTo(String source, String block) {
            String at = source;
            while (at != null && !at.equals(block)) {
                at = into.get(at);
            }
            return at != null;
        }

        /** Whether the text that the block had is gone, here or where it went. */
        private boolean isErased(String block) {
            String at = block;
            while (at != null && !gone.contains(at)) {
                at = into.get(at);
            }
            return at != null;
        }
    }
}

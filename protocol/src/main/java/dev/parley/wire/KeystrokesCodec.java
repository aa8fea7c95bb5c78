package dev.parley.wire;

import com.google.protobuf.ByteString;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.SubmissionId;
import dev.parley.ot.Component;
import dev.parley.ot.Component.Insert;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Keystrokes;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.TextEdit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries of one frame that repeat each other, by column. For any thread. */
public final class KeystrokesCodec {
    /** As many are compared with each entry; with more authors and texts in one frame the others travel whole. */
    private static final int LIKES_MAX = 16;

    private KeystrokesCodec() {}

    /** Indexes of the entries that travel whole, and what tells the others. */
    public record Packed(List<Integer> whole, Keystrokes keystrokes) {}

    /** Entries in the order of their revisions, as the receiver shall see them. */
    public static Packed pack(List<Entry> entries) {
        List<Integer> whole = new ArrayList<>();
        List<Like> likes = new ArrayList<>();
        Columns columns = new Columns();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Effect.EditText edit = onlyEdit(entry);
            Like like = edit == null ? null : like(likes, entry, edit);
            if (edit != null && like != null && columns.add(like, entry, edit, entries.get(0))) {
                continue;
            }
            if (edit != null) {
                Like fresh = new Like(whole.size(), entry, edit);
                if (like != null) {
                    likes.set(likes.indexOf(like), fresh);
                } else if (likes.size() < LIKES_MAX) {
                    likes.add(fresh);
                }
            }
            whole.add(i);
        }
        return new Packed(whole, columns.build());
    }

    private static Effect.@Nullable EditText onlyEdit(Entry entry) {
        return entry.effects().size() == 1
                        && entry.effects().get(0) instanceof Effect.EditText edit
                        && !entry.submission().equals(SubmissionId.NONE)
                ? edit
                : null;
    }

    private static @Nullable Like like(List<Like> likes, Entry entry, Effect.EditText edit) {
        for (Like like : likes) {
            if (like.isRepeatedBy(entry, edit)) {
                return like;
            }
        }
        return null;
    }

    /** A whole entry that others are like, and the number of the last of them. */
    private static final class Like {
        final int index;
        private final Entry entry;
        private final Effect.EditText edit;
        long seq;

        Like(int index, Entry entry, Effect.EditText edit) {
            this.index = index;
            this.entry = entry;
            this.edit = edit;
            seq = entry.submission().seq();
        }

        boolean isRepeatedBy(Entry other, Effect.EditText otherEdit) {
            return entry.submission().outbox().equals(other.submission().outbox())
                    && edit.block().equals(otherEdit.block())
                    && edit.audience() == otherEdit.audience()
                    && entry.author().equals(other.author())
                    && entry.origin().equals(other.origin())
                    && entry.command().equals(other.command())
                    && entry.composedAtMillis() == other.composedAtMillis();
        }
    }

    private static final class Columns {
        private final List<Integer> likes = new ArrayList<>();
        private final List<Integer> skips = new ArrayList<>();
        private final List<Integer> times = new ArrayList<>();
        private final List<Integer> baseLengths = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
        private final List<Integer> changes = new ArrayList<>();
        private final List<Long> contentIds = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private @Nullable Entry before;
        private int length;
        private int placeBefore;

        /** False if it says something that there is no column for. */
        boolean add(Like like, Entry entry, Effect.EditText edit, Entry first) {
            List<Component> components = edit.edit().components();
            boolean atStart = components.size() == 1;
            if (entry.submission().seq() != like.seq + 1
                    || !(atStart || (components.size() == 2 && components.get(0) instanceof Component.Retain))) {
                return false;
            }
            int place = atStart ? 0 : components.get(0).length();
            Component last = components.get(components.size() - 1);
            Entry previous = before == null ? first : before;
            long skip = entry.revision() - previous.revision() - 1;
            long time = entry.timeMillis() - previous.timeMillis();
            if (last instanceof Component.Retain || !isColumnValue(skip) || !isColumnValue(time)) {
                return false;
            }
            int change = last instanceof Insert ? last.length() : -last.length();
            likes.add(like.index);
            skips.add((int) skip);
            times.add((int) time);
            baseLengths.add(edit.baseLength() - length);
            places.add(place - placeBefore);
            changes.add(change);
            contentIds.add(entry.submission().contentId());
            if (last instanceof Insert insert) {
                text.append(insert.text().toString());
            }
            before = entry;
            length = edit.baseLength() + change;
            like.seq++;
            placeBefore = place;
            return true;
        }

        private static boolean isColumnValue(long value) {
            return value >= 0 && value <= Integer.MAX_VALUE;
        }

        Keystrokes build() {
            ByteBuffer ids = ByteBuffer.allocate(contentIds.size() * Long.BYTES);
            contentIds.forEach(ids::putLong);
            return Keystrokes.newBuilder()
                    .addAllLikes(withoutZerosAtEnd(likes))
                    .addAllSkips(withoutZerosAtEnd(skips))
                    .addAllTimesMillis(withoutZerosAtEnd(times))
                    .addAllBaseLengths(withoutZerosAtEnd(baseLengths))
                    .addAllPlaces(withoutZerosAtEnd(places))
                    .addAllChanges(changes)
                    .setText(text.toString())
                    .setContentIds(ByteString.copyFrom(ids.array()))
                    .build();
        }

        private static List<Integer> withoutZerosAtEnd(List<Integer> column) {
            int end = column.size();
            while (end > 0 && column.get(end - 1) == 0) {
                end--;
            }
            return column.subList(0, end);
        }
    }

    /** The same frames without keystrokes: with the entries that they stand for. */
    public static ServerFrames unpacked(ServerFrames frames) throws WireException {
        if (frames.getFramesList().stream().noneMatch(KeystrokesCodec::hasKeystrokes)) {
            return frames;
        }
        ServerFrames.Builder unpacked = frames.toBuilder();
        for (ServerFrame.Builder frame : unpacked.getFramesBuilderList()) {
            if (frame.hasEntries()) {
                frame.setEntries(unpacked(frame.getEntries()));
            } else if (frame.getOpened().hasEntries()) {
                frame.getOpenedBuilder().setEntries(unpacked(frame.getOpened().getEntries()));
            }
        }
        return unpacked.build();
    }

    private static boolean hasKeystrokes(ServerFrame frame) {
        return frame.getEntries().hasKeystrokes()
                || frame.getOpened().getEntries().hasKeystrokes();
    }

    public static Entries unpacked(Entries frame) throws WireException {
        return frame.hasKeystrokes()
                ? frame.toBuilder()
                        .clearEntries()
                        .clearKeystrokes()
                        .addAllEntries(all(frame))
                        .build()
                : frame;
    }

    private static List<dev.parley.wire.v1.Entry> all(Entries frame) throws WireException {
        List<dev.parley.wire.v1.Entry> whole = frame.getEntriesList();
        List<dev.parley.wire.v1.Entry> all = new ArrayList<>();
        int next = 0;
        for (dev.parley.wire.v1.Entry typed : typed(frame.getKeystrokes(), whole)) {
            while (next < whole.size() && whole.get(next).getRevision() < typed.getRevision()) {
                all.add(whole.get(next++));
            }
            all.add(typed);
        }
        all.addAll(whole.subList(next, whole.size()));
        return all;
    }

    private static List<dev.parley.wire.v1.Entry> typed(Keystrokes columns, List<dev.parley.wire.v1.Entry> whole)
            throws WireException {
        ByteString contentIds = columns.getContentIds();
        if (whole.isEmpty() || contentIds.size() != columns.getChangesCount() * Long.BYTES) {
            throw new WireException("keystrokes like nothing");
        }
        long[] seqs = whole.stream().mapToLong(dev.parley.wire.v1.Entry::getSeq).toArray();
        long revision = whole.get(0).getRevision();
        long time = whole.get(0).getTimeMillis();
        int length = 0;
        int place = 0;
        int textIndex = 0;
        List<dev.parley.wire.v1.Entry> typed = new ArrayList<>(columns.getChangesCount());
        for (int i = 0; i < columns.getChangesCount(); i++) {
            int index = at(columns.getLikesList(), i);
            if (index < 0 || index >= whole.size()) {
                throw new WireException("a keystroke like entry " + index + " of " + whole.size());
            }
            dev.parley.wire.v1.Entry like = whole.get(index);
            if (like.getEffectsCount() != 1 || !like.getEffects(0).hasEditText()) {
                throw new WireException("a keystroke like an entry that is no edit");
            }
            revision += 1 + Integer.toUnsignedLong(at(columns.getSkipsList(), i));
            time += Integer.toUnsignedLong(at(columns.getTimesMillisList(), i));
            length += at(columns.getBaseLengthsList(), i);
            place += at(columns.getPlacesList(), i);
            int change = columns.getChanges(i);
            int textEnd = textEnd(columns.getText(), textIndex, change);
            dev.parley.wire.v1.Entry.Builder entry = like.toBuilder()
                    .setRevision(revision)
                    .setTimeMillis(time)
                    .setSeq(++seqs[index])
                    .setContentId(contentIds.substring(i * Long.BYTES, (i + 1) * Long.BYTES));
            entry.getEffectsBuilder(0)
                    .getEditTextBuilder()
                    .setBaseLength(length)
                    .setEdit(edit(place, change, columns.getText().substring(textIndex, textEnd)));
            typed.add(entry.build());
            length += change;
            textIndex = textEnd;
        }
        return typed;
    }

    private static int at(List<Integer> column, int index) {
        return index < column.size() ? column.get(index) : 0;
    }

    private static int textEnd(String text, int start, int change) throws WireException {
        if (change == 0) {
            throw new WireException("a keystroke that changes nothing");
        }
        try {
            return text.offsetByCodePoints(start, Math.max(0, change));
        } catch (IndexOutOfBoundsException e) {
            throw new WireException("keystrokes insert more than their text", e);
        }
    }

    private static TextEdit edit(int place, int change, String inserted) {
        TextEdit.Builder edit = TextEdit.newBuilder();
        if (place != 0) {
            edit.addSpans(place);
        }
        if (change > 0) {
            edit.addSpans(0).addInserts(inserted);
        } else {
            edit.addSpans(change);
        }
        return edit.build();
    }
}

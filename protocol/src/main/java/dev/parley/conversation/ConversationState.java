package dev.parley.conversation;

import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A conversation after a number of entries, through one view. Mutable and owned by one thread: the gateway's shard, or a
 * replica. The blocks and attribute maps it hands out are immutable.
 */
public final class ConversationState {
    /** Where a block stands among the others, by the entry that created or revealed it. */
    private record Standing(long revision, String id) implements Comparable<Standing> {
        static Standing of(Block block) {
            return new Standing(block.revision(), block.id());
        }

        @Override
        public int compareTo(Standing other) {
            int byRevision = Long.compare(revision, other.revision);
            return byRevision != 0 ? byRevision : id.compareTo(other.id);
        }
    }

    private final View view;
    /** A block and its hash, kept until the block changes. */
    private record Hashed(Block block, long hash) {}

    private final Map<String, Block> blocks = new HashMap<>();
    private final NavigableMap<Standing, Block> standing = new TreeMap<>();
    private final Map<View, Map<String, Hashed>> hashes = new EnumMap<>(View.class);
    private final Map<String, Long> changedAt = new HashMap<>();
    private SortedMap<String, String> attributes = Attributes.NONE;
    private long revision;
    private long timeMillis;
    private long weightBytes;
    private long olderThan;

    public ConversationState(View view) {
        this.view = view;
    }

    public View view() {
        return view;
    }

    /** Of the blocks that stand before this revision only some are here; 0: all are. */
    public long olderThan() {
        return olderThan;
    }

    /** Of the last entry applied; a hidden one does not count. */
    public long revision() {
        return revision;
    }

    /** Of the last entry applied. */
    public long timeMillis() {
        return timeMillis;
    }

    public @Nullable Block block(String id) {
        return blocks.get(id);
    }

    /** The block that has the text of this one now: itself, or what it was merged into; null if neither is known. */
    public @Nullable Block holder(String id) {
        Block block = blocks.get(id);
        while (block != null && block.isMerged()) {
            block = blocks.get(block.mergedInto());
        }
        return block;
    }

    public Collection<Block> blocks() {
        return Collections.unmodifiableCollection(blocks.values());
    }

    public SortedMap<String, String> attributes() {
        return attributes;
    }

    public String attribute(String key) {
        return attributes.getOrDefault(key, "");
    }

    /** About what the blocks take in memory. */
    public long weightBytes() {
        return weightBytes;
    }

    /** The blocks that changed after {@code since} and that {@code view} may see, as it sees them. */
    public List<Block> changedSince(long since, View viewer) {
        List<Block> changed = new ArrayList<>();
        for (Block block : standing.values()) {
            if (viewer.sees(block.audience()) && changedAt.getOrDefault(block.id(), 0L) > since) {
                changed.add(block.seenBy(viewer));
            }
        }
        return changed;
    }

    /** The last {@code count} blocks that {@code viewer} may see and that stand before {@code before}, in order. */
    public List<Block> latest(int count, long before, View viewer) {
        return seenBackwards(before, viewer)
                .limit(count)
                .sorted(Comparator.comparing(Standing::of))
                .map(block -> block.seenBy(viewer))
                .toList();
    }

    private Stream<Block> seenBackwards(long before, View viewer) {
        return standing.headMap(new Standing(before, ""), false).descendingMap().values().stream()
                .filter(block -> viewer.sees(block.audience()));
    }

    /** The sum of the hashes of the last {@code count} blocks that {@code viewer} may see, and of its attributes. */
    long hash(int count, View viewer) {
        Map<String, Hashed> known = hashes.getOrDefault(viewer, Map.of());
        Map<String, Hashed> used = new HashMap<>();
        long sum = StateHash.of(attributesFor(viewer));
        Iterator<Block> latest =
                seenBackwards(Long.MAX_VALUE, viewer).limit(count).iterator();
        while (latest.hasNext()) {
            Block block = latest.next();
            Hashed hashed = known.get(block.id());
            if (hashed == null || !hashed.block().equals(block)) {
                hashed = new Hashed(block, StateHash.of(block.seenBy(viewer)));
            }
            used.put(block.id(), hashed);
            sum = StateHash.sum(sum, hashed.hash());
        }
        hashes.put(viewer, used);
        return sum;
    }

    /** Like {@link #latest}, with all of an entry's blocks if it has one of them: so the next page can end before it. */
    public List<Block> page(int count, long before, View viewer) {
        List<Block> latest = latest(count, before, viewer);
        if (latest.isEmpty()) {
            return latest;
        }
        long first = latest.get(0).revision();
        return seenBackwards(before, viewer)
                .takeWhile(block -> block.revision() >= first)
                .sorted(Comparator.comparing(Standing::of))
                .map(block -> block.seenBy(viewer))
                .toList();
    }

    /** What a replica starts with. Of the blocks that stand before {@code olderThan} it has only some; with 0 it has all. */
    public record Snapshot(List<Block> blocks, long olderThan) {}

    /** The last {@code count} blocks, and of the older ones those that are worked on or pinned. */
    public Snapshot snapshot(int count, View viewer) {
        List<Block> latest = page(count, Long.MAX_VALUE, viewer);
        if (latest.size() < count) {
            return new Snapshot(latest, 0);
        }
        long olderThan = latest.get(0).revision();
        List<Block> older = latest(Integer.MAX_VALUE, olderThan, viewer);
        List<Block> all = new ArrayList<>(
                older.stream().filter(ConversationState::isInUse).toList());
        boolean complete = all.size() == older.size();
        all.addAll(latest);
        return new Snapshot(all, complete ? 0 : olderThan);
    }

    private static boolean isInUse(Block block) {
        return switch (block.kind()) {
            case MESSAGE -> block.attributes().containsKey(Attributes.PINNED);
            case SUGGESTION -> !block.attributes().containsKey(Attributes.STATE);
            case DRAFT, NOTE, TOPIC, SECTION -> !block.isMerged() && !block.erased();
        };
    }

    public SortedMap<String, String> attributesFor(View viewer) {
        return viewer == View.STAFF ? attributes : Attributes.publicOnly(attributes);
    }

    /** Applies the next entry of the log. Throws {@link IllegalStateException} if it does not fit: the log is broken. */
    public Undo apply(Entry entry) {
        Trial trial = new Trial(entry);
        try {
            for (Effect effect : entry.effects()) {
                trial.apply(effect);
            }
        } catch (RejectedException e) {
            throw new IllegalStateException("entry " + entry.revision() + " does not fit the state: " + e.code(), e);
        }
        return commit(trial);
    }

    /**
     * Replaces blocks and all attributes with what they are at a revision. Of the blocks that stand before {@code
     * partialBefore} only some are known from here on; 0 leaves that as it is.
     */
    public void replace(
            long atRevision, Collection<Block> changed, SortedMap<String, String> allAttributes, long partialBefore) {
        olderThan = partialBefore == 0 ? olderThan : partialBefore;
        for (Block block : changed) {
            put(block, atRevision);
        }
        attributes = allAttributes;
        revision = atRevision;
    }

    /** Takes in older blocks, as they are now. */
    public void add(Collection<Block> older, long partialBefore) {
        for (Block block : older) {
            if (!blocks.containsKey(block.id())) {
                put(block, revision);
            }
        }
        olderThan = partialBefore;
    }

    /** Puts a block as it was when the entry at {@code changed} had changed it last, of a state that is being restored. */
    public void restore(Block block, long changed) {
        put(block, changed);
    }

    /** Makes this the state after an entry, together with the blocks that were restored. */
    public void restore(long atRevision, long atTimeMillis, SortedMap<String, String> allAttributes) {
        revision = atRevision;
        timeMillis = atTimeMillis;
        attributes = allAttributes;
    }

    /** The last entry that changed anything of a block; 0 for none. */
    public long changedAt(String block) {
        return changedAt.getOrDefault(block, 0L);
    }

    public void clear() {
        olderThan = 0;
        blocks.clear();
        standing.clear();
        hashes.clear();
        changedAt.clear();
        attributes = Attributes.NONE;
        revision = 0;
        timeMillis = 0;
        weightBytes = 0;
    }

    /** Tries effects on top of this state; nothing changes here until {@link #commit}. */
    public Trial trial(Entry header) {
        return new Trial(header);
    }

    public Undo commit(Trial trial) {
        List<Was> blocksBefore = new ArrayList<>(trial.touched.size());
        for (Map.Entry<String, Block> touched : trial.touched.entrySet()) {
            blocksBefore.add(new Was(touched.getKey(), blocks.get(touched.getKey()), changedAt(touched.getKey())));
            put(touched.getValue(), trial.header.revision());
        }
        Undo undo = new Undo(blocksBefore, attributes, revision, timeMillis);
        attributes = trial.attributesAfter;
        revision = trial.header.revision();
        timeMillis = trial.header.timeMillis();
        return undo;
    }

    private record Was(String id, @Nullable Block block, long changedAt) {}

    /** What an entry replaced. Immutable. */
    public static final class Undo {
        private final List<Was> blocks;
        private final SortedMap<String, String> attributes;
        private final long revision;
        private final long timeMillis;

        private Undo(List<Was> blocks, SortedMap<String, String> attributes, long revision, long timeMillis) {
            this.blocks = blocks;
            this.attributes = attributes;
            this.revision = revision;
            this.timeMillis = timeMillis;
        }
    }

    /** Takes the last entry back. */
    public void undo(Undo last) {
        for (Was was : last.blocks) {
            if (was.block() == null) {
                remove(was.id());
            } else {
                put(was.block(), was.changedAt());
            }
        }
        attributes = last.attributes;
        revision = last.revision;
        timeMillis = last.timeMillis;
    }

    private void remove(String id) {
        Block gone = blocks.remove(id);
        if (gone != null) {
            standing.remove(Standing.of(gone));
            weightBytes -= weight(gone);
        }
        changedAt.remove(id);
    }

    private void put(Block block, long atRevision) {
        Block before = blocks.put(block.id(), block);
        if (before != null && before.revision() != block.revision()) {
            standing.remove(Standing.of(before));
        }
        standing.put(Standing.of(block), block);
        changedAt.put(block.id(), atRevision);
        weightBytes += weight(block) - (before == null ? 0 : weight(before));
    }

    private static long weight(Block block) {
        long weight = 400 + 2L * (block.id().length() + block.text().length());
        for (Map.Entry<String, String> attribute : block.attributes().entrySet()) {
            weight += 150 + attribute.getKey().length() + attribute.getValue().length();
        }
        return weight;
    }

    /** Effects tried in order on top of the state, with the revision, author and time of {@code header}. */
    public final class Trial {
        private final Entry header;
        private final Map<String, Block> touched = new HashMap<>();
        private SortedMap<String, String> attributesAfter = attributes;
        private int created;

        private Trial(Entry header) {
            this.header = header;
        }

        public @Nullable Block block(String id) {
            Block block = touched.get(id);
            return block == null ? blocks.get(id) : block;
        }

        public SortedMap<String, String> attributes() {
            return attributesAfter;
        }

        public int blockCount() {
            return blocks.size() + created;
        }

        public void apply(Effect effect) throws RejectedException {
            if (effect instanceof Effect.Create create) {
                if (block(create.block()) != null) {
                    throw new RejectedException(RejectCode.BLOCK_EXISTS);
                }
                touched.put(create.block(), Block.created(create, header, view));
                created++;
            } else if (effect instanceof Effect.Set set && set.target().isEmpty()) {
                attributesAfter = Attributes.with(attributesAfter, set);
            } else if (effect instanceof Effect.Retarget retarget) {
                merge(retarget);
            } else {
                Block before = block(effect.target());
                if (before != null) {
                    touched.put(before.id(), changed(before, effect));
                } else if (olderThan == 0) {
                    throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
                } else if (effect instanceof Effect.Reveal reveal) {
                    touched.put(reveal.block(), Block.created(reveal.shown(), header, view));
                }
            }
        }

        /** Of a block that was not read yet nothing has to be known, but half of a merge cannot be shown. */
        private void merge(Effect.Retarget retarget) throws RejectedException {
            Block block = block(retarget.block());
            Block into = block(retarget.into());
            if (block == null && into == null && olderThan > 0) {
                return;
            }
            if (block == null || into == null) {
                throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
            }
            requireText(block);
            requireText(into);
            if (into.text().length() != retarget.intoLength() || block.text().length() != retarget.length()) {
                throw new RejectedException(RejectCode.LENGTH_MISMATCH);
            }
            touched.put(into.id(), into.joined(block, retarget.at(), header));
            touched.put(block.id(), block.mergedAway(into.id(), header));
        }

        private Block changed(Block block, Effect effect) throws RejectedException {
            if (effect instanceof Effect.EditText edit) {
                requireText(block);
                requireFit(edit, block.text());
                return block.edited(edit.edit(), header);
            } else if (effect instanceof Effect.Set set) {
                return block.with(set);
            } else if (effect instanceof Effect.Move move) {
                return block.moved(move);
            } else if (effect instanceof Effect.Reveal reveal) {
                return block.revealed(reveal, header);
            } else if (effect instanceof Effect.Erase) {
                return block.erased(header);
            } else if (effect instanceof Effect.PlaceAnchor anchor) {
                if (!anchor.removed()) {
                    requireText(block);
                    requireFit(anchor, block.text());
                }
                return block.with(anchor);
            }
            throw new IllegalArgumentException("no block is changed by " + effect);
        }

        private static void requireText(Block block) throws RejectedException {
            if (block.isMerged()) {
                throw new RejectedException(RejectCode.BLOCK_MERGED);
            }
            if (block.erased()) {
                throw new RejectedException(RejectCode.BLOCK_ERASED);
            }
        }

        private static void requireFit(Effect.EditText edit, Text text) throws RejectedException {
            if (edit.baseLength() != text.length()) {
                throw new RejectedException(RejectCode.LENGTH_MISMATCH);
            }
            if (edit.edit().reach() > text.length()) {
                throw new RejectedException(RejectCode.OUT_OF_RANGE);
            }
        }

        private static void requireFit(Effect.PlaceAnchor anchor, Text text) throws RejectedException {
            if (anchor.start() < 0 || anchor.start() > anchor.end() || anchor.end() > text.length()) {
                throw new RejectedException(RejectCode.OUT_OF_RANGE);
            }
        }
    }
}

package dev.parley.conversation;

import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A conversation after a number of entries, through one view. Mutable and owned by one thread: the gateway's shard, or a
 * replica. The blocks and attribute maps it hands out are immutable.
 */
public final class ConversationState {
    private final Map<String, Block> blocks = new HashMap<>();
    private final Map<String, Long> changedAt = new HashMap<>();
    private SortedMap<String, String> attributes = Attributes.NONE;
    private long revision;
    private long timeMillis;
    private long weightBytes;

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
    public List<Block> changedSince(long since, View view) {
        List<Block> changed = new ArrayList<>();
        for (Block block : blocks.values()) {
            if (view.sees(block.audience()) && changedAt.getOrDefault(block.id(), 0L) > since) {
                changed.add(block.seenBy(view));
            }
        }
        changed.sort(Comparator.comparingLong(Block::revision).thenComparing(Block::id));
        return changed;
    }

    public SortedMap<String, String> attributesFor(View view) {
        return view == View.STAFF ? attributes : Attributes.publicOnly(attributes);
    }

    /** Applies the next entry of the log. Throws {@link IllegalStateException} if it does not fit: the log is broken. */
    public void apply(Entry entry) {
        Trial trial = new Trial(entry);
        try {
            for (Effect effect : entry.effects()) {
                trial.apply(effect);
            }
        } catch (RejectedException e) {
            throw new IllegalStateException("entry " + entry.revision() + " does not fit the state: " + e.code(), e);
        }
        commit(trial);
    }

    /** Replaces blocks and all attributes with what they are at a revision. */
    public void replace(long atRevision, Collection<Block> changed, SortedMap<String, String> allAttributes) {
        for (Block block : changed) {
            put(block, atRevision);
        }
        attributes = allAttributes;
        revision = atRevision;
    }

    public void clear() {
        blocks.clear();
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

    public void commit(Trial trial) {
        trial.touched.values().forEach(block -> put(block, trial.header.revision()));
        attributes = trial.attributesAfter;
        revision = trial.header.revision();
        timeMillis = trial.header.timeMillis();
    }

    private void put(Block block, long atRevision) {
        Block before = blocks.put(block.id(), block);
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

        private Trial(Entry header) {
            this.header = header;
        }

        public @Nullable Block block(String id) {
            Block block = touched.get(id);
            return block == null ? blocks.get(id) : block;
        }

        public void apply(Effect effect) throws RejectedException {
            if (effect instanceof Effect.Create create) {
                if (block(create.block()) != null) {
                    throw new RejectedException(RejectCode.BLOCK_EXISTS);
                }
                touched.put(create.block(), Block.created(create, header));
            } else if (effect instanceof Effect.Set set && set.target().isEmpty()) {
                attributesAfter = Attributes.with(attributesAfter, set);
            } else {
                Block before = block(effect.target());
                if (before == null) {
                    throw new RejectedException(RejectCode.UNKNOWN_BLOCK);
                }
                touched.put(before.id(), changed(before, effect));
            }
        }

        private Block changed(Block block, Effect effect) throws RejectedException {
            if (effect instanceof Effect.EditText edit) {
                return block.withText(edited(block.text(), edit), header.revision());
            } else if (effect instanceof Effect.Set set) {
                return block.with(set);
            } else if (effect instanceof Effect.Reveal reveal) {
                return block.revealed(reveal, header);
            }
            throw new IllegalArgumentException("no block is changed by " + effect);
        }

        private static Text edited(Text text, Effect.EditText edit) throws RejectedException {
            if (edit.baseLength() != text.length()) {
                throw new RejectedException(RejectCode.LENGTH_MISMATCH);
            }
            if (edit.edit().reach() > text.length()) {
                throw new RejectedException(RejectCode.OUT_OF_RANGE);
            }
            return edit.edit().apply(text);
        }
    }
}

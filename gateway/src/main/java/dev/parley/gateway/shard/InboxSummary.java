package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.View;
import dev.parley.ot.Text;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What the inbox shows of a conversation, written anew when an entry changed it. Owned by the conversation's shard. */
final class InboxSummary {
    private static final int TEXT_LENGTH_MAX = 120;

    private final String conversation;
    private final ConversationState state;
    private String lastMessage;
    /** Shows something that the last summary does not. */
    private @Nullable Entry unstored;

    InboxSummary(String conversation, ConversationState state) {
        this.conversation = conversation;
        this.state = state;
        Block last = latestMessage();
        lastMessage = last == null ? "" : last.id();
    }

    /** The state is that after the entry. */
    void append(Entry entry) {
        if (shows(entry)) {
            lastMessage(entry);
            unstored = entry;
        }
    }

    private static boolean shows(Entry entry) {
        for (Effect effect : entry.effects()) {
            boolean shows = effect instanceof Effect.Set set
                    ? set.target().isEmpty() && !set.advance()
                    : effect.audience() == View.PUBLIC;
            if (shows) {
                return true;
            }
        }
        return false;
    }

    /** The latest message; looked for only when the one that was it is gone. */
    private void lastMessage(Entry entry) {
        Block last = state.block(lastMessage);
        for (Effect effect : entry.effects()) {
            Block block = state.block(effect.target());
            if (block != null && isShown(block) && (last == null || block.revision() >= last.revision())) {
                last = block;
            }
        }
        if (last == null || !isShown(last)) {
            last = latestMessage();
        }
        lastMessage = last == null ? "" : last.id();
    }

    private static boolean isShown(Block block) {
        return block.kind() == BlockKind.MESSAGE && !block.isMerged() && !block.erased();
    }

    /** Entries were taken back, and the state is what it was before them. */
    void takeBack() {
        Block last = latestMessage();
        lastMessage = last == null ? "" : last.id();
        unstored = null;
    }

    private @Nullable Block latestMessage() {
        return state.blocks().stream()
                .filter(InboxSummary::isShown)
                .max(Comparator.comparingLong(Block::revision).thenComparing(Block::id))
                .orElse(null);
    }

    /** As it is now, or null if it is what it was at the last call. */
    @Nullable ConversationSummary takeUnstored() {
        Entry entry = unstored;
        unstored = null;
        return entry == null ? null : summary(entry);
    }

    private ConversationSummary summary(Entry entry) {
        Block last = state.block(lastMessage);
        Text text = last == null ? Text.EMPTY : last.text();
        return new ConversationSummary(
                conversation,
                state.attributes().getOrDefault(Attributes.KIND, ConversationSummary.CHAT),
                state.attribute(Attributes.VISITOR),
                state.attribute(Attributes.VISITOR_NAME),
                state.attribute(Attributes.STATE),
                state.attribute(Attributes.ASSIGNEE),
                state.attribute(Attributes.TITLE),
                Attributes.tags(state.attributes()),
                text.slice(0, Math.min(TEXT_LENGTH_MAX, text.length())).toString(),
                last == null ? entry.author().role() : last.author().role(),
                entry.timeMillis(),
                entry.revision());
    }
}

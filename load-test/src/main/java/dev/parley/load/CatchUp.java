package dev.parley.load;

import dev.parley.conversation.Block;
import dev.parley.conversation.ConversationState;
import dev.parley.wire.BlockCodec;
import java.util.HashMap;
import java.util.Map;

/**
 * What one answer to an open brought to a conversation that had been open before: so many entries that it was behind, in so many
 * bytes, and how many bytes the blocks have that are others now. {@code askedNanos} is when the client asked, 0 if it did not: a
 * gateway that withheld from a slow connection tells it by itself.
 */
public record CatchUp(long askedNanos, long entries, int bytes, int changedBytes) {

    public boolean isAsked() {
        return askedNanos != 0;
    }

    static Map<String, Block> blocks(ConversationState state) {
        Map<String, Block> blocks = new HashMap<>();
        state.blocks().forEach(block -> blocks.put(block.id(), block));
        return blocks;
    }

    /** As the wire has them, of those that are not as they were before. */
    static int changedBytes(Map<String, Block> before, ConversationState after) {
        return after.blocks().stream()
                .filter(block -> !block.equals(before.get(block.id())))
                .mapToInt(block -> BlockCodec.encode(block).getSerializedSize())
                .sum();
    }
}

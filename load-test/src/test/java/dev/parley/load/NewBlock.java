package dev.parley.load;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.View;

/** Creates blocks by way of a client's replica, on its loop; each method returns the block's id. */
final class NewBlock {
    private NewBlock() {}

    static String message(WireConversation conversation, String text) {
        return create(conversation, BlockKind.MESSAGE, View.PUBLIC, text);
    }

    static String draft(WireConversation conversation, String text) {
        return create(conversation, BlockKind.DRAFT, View.STAFF, text);
    }

    static String note(WireConversation conversation, String text) {
        return create(conversation, BlockKind.NOTE, View.STAFF, text);
    }

    private static String create(WireConversation conversation, BlockKind kind, View audience, String text) {
        String block = conversation.replica().nextBlockId();
        conversation.submit(new Operation.CreateBlock(block, kind, audience, text, Attributes.NONE));
        return block;
    }
}

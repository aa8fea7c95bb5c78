package dev.parley.load;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Replica;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What visitors and agents do in a chat, drawn at random: visitors write, correct, react and read; agents type together in
 * one draft, publish it, take notes, tag. Everything is something that its author may do to what it sees.
 */
final class OperationMix {
    private final RandomGenerator random;
    private final RandomText text;

    OperationMix(RandomGenerator random) {
        this.random = random;
        this.text = new RandomText(random);
    }

    /** Makes one submission on what the replica shows. */
    SubmissionId submit(WireConversation conversation) {
        return conversation.client().self().role() == Role.VISITOR
                ? submitAsVisitor(conversation)
                : submitAsAgent(conversation);
    }

    private SubmissionId submitAsVisitor(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        int percent = random.nextInt(100);
        if (percent < 20) {
            return edit(conversation, pick(replica, block -> block.author().is(self)), View.PUBLIC);
        } else if (percent < 35) {
            return read(conversation);
        } else if (percent < 45) {
            return set(
                    conversation,
                    pick(replica, block -> true),
                    "reaction/" + self.subject(),
                    text.words(1).strip());
        } else if (percent < 50) {
            return set(conversation, pick(replica, block -> block.author().is(self)), Attributes.RECALLED, flag());
        }
        return create(conversation, BlockKind.MESSAGE, View.PUBLIC);
    }

    private SubmissionId submitAsAgent(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        int percent = random.nextInt(100);
        if (percent < 60) {
            Block draft = pick(replica, block -> block.kind() == BlockKind.DRAFT);
            if (draft == null) {
                return create(conversation, BlockKind.DRAFT, View.STAFF);
            }
            return percent < 6 && !draft.text().isEmpty()
                    ? conversation.submit(new Operation.PublishDraft(draft.id(), 0))
                    : edit(conversation, draft, View.STAFF);
        } else if (percent < 70) {
            return read(conversation);
        } else if (percent < 75) {
            return create(conversation, BlockKind.NOTE, View.STAFF);
        } else if (percent < 80) {
            return edit(conversation, pick(replica, block -> block.kind() == BlockKind.NOTE), View.STAFF);
        } else if (percent < 85) {
            return edit(conversation, pick(replica, block -> isMessageOf(block, self)), View.PUBLIC);
        } else if (percent < 90) {
            return conversation.submit(new Operation.SetAttribute("", "tag/" + random.nextInt(5), flag()));
        } else if (percent < 95) {
            return set(conversation, pick(replica, block -> true), "pinned", flag());
        }
        return create(conversation, BlockKind.MESSAGE, View.PUBLIC);
    }

    private static boolean isMessageOf(Block block, Author author) {
        return block.kind() == BlockKind.MESSAGE && block.author().is(author);
    }

    private @Nullable Block pick(Replica replica, Predicate<Block> suits) {
        List<Block> suitable = new ArrayList<>();
        for (Block block : replica.confirmed().blocks()) {
            if (suits.test(block)) {
                suitable.add(block);
            }
        }
        return suitable.isEmpty() ? null : suitable.get(random.nextInt(suitable.size()));
    }

    private SubmissionId create(WireConversation conversation, BlockKind kind, View audience) {
        return conversation.submit(new Operation.CreateBlock(
                conversation.replica().nextBlockId(), kind, audience, text.words(8), Attributes.NONE));
    }

    private SubmissionId edit(WireConversation conversation, @Nullable Block block, View audience) {
        Text displayed = block == null ? null : conversation.replica().text(block.id());
        return block == null || displayed == null
                ? create(conversation, audience == View.PUBLIC ? BlockKind.MESSAGE : BlockKind.NOTE, audience)
                : conversation.edit(block.id(), text.edit(displayed));
    }

    private SubmissionId set(WireConversation conversation, @Nullable Block block, String key, String value) {
        return block == null
                ? read(conversation)
                : conversation.submit(new Operation.SetAttribute(block.id(), key, value));
    }

    private SubmissionId read(WireConversation conversation) {
        return conversation.submit(new Operation.Advance(
                Attributes.READ, conversation.replica().position().revision()));
    }

    private String flag() {
        return random.nextInt(3) == 0 ? "" : "true";
    }
}

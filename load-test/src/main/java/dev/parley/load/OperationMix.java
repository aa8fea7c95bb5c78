package dev.parley.load;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Rank;
import dev.parley.conversation.Replica;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What people and an assistant do in a chat, drawn at random: visitors write, correct, react, recall and read; agents type
 * together in one draft, publish it, take notes, tag, suggest, move, merge, pin, close and reopen; the assistant streams into
 * drafts of its own, where agents type too until they take over, and suggests; an admin redacts and links now and then. Everything is something that its author may
 * do to what it sees; by the time it arrives it may have become impossible.
 */
final class OperationMix {
    private static final List<String> EMOJI = List.of("👍", "❤️", "🎉");

    private final RandomGenerator random;
    private final RandomText text;

    OperationMix(RandomGenerator random) {
        this.random = random;
        this.text = new RandomText(random);
    }

    /** Makes one submission on what the replica shows. */
    SubmissionId submit(WireConversation conversation) {
        return switch (conversation.client().self().role()) {
            case VISITOR -> submitAsVisitor(conversation);
            case ASSISTANT -> submitAsAssistant(conversation);
            case AGENT, ADMIN, SERVICE -> submitAsAgent(conversation);
        };
    }

    private SubmissionId submitAsVisitor(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        int percent = random.nextInt(100);
        if (percent < 20) {
            return edit(conversation, pick(replica, block -> isMessageOf(block, self)), View.PUBLIC);
        } else if (percent < 35) {
            return read(conversation);
        } else if (percent < 45) {
            return react(conversation, pick(replica, OperationMix::isMessage));
        } else if (percent < 50) {
            return set(conversation, pick(replica, block -> isMessageOf(block, self)), Attributes.RECALLED, flag());
        }
        return create(conversation, BlockKind.MESSAGE, View.PUBLIC);
    }

    private SubmissionId submitAsAgent(WireConversation conversation) {
        int percent = random.nextInt(100);
        if (percent < 50) {
            return workOnDraft(conversation);
        } else if (percent < 60) {
            return read(conversation);
        } else if (percent < 80) {
            return writeOnTheSide(conversation);
        }
        return arrange(conversation);
    }

    private SubmissionId workOnDraft(WireConversation conversation) {
        Block draft = pick(conversation.replica(), block -> block.kind() == BlockKind.DRAFT);
        if (draft == null) {
            return create(conversation, BlockKind.DRAFT, View.STAFF);
        }
        boolean streaming = draft.anchors().stream().anyMatch(Anchor::run);
        int percent = random.nextInt(100);
        if (percent < 10 && !draft.text().isEmpty()) {
            return conversation.submit(new Operation.PublishDraft(draft.id(), 0));
        }
        return percent < 15 && streaming
                ? conversation.submit(new Operation.TakeOver(draft.id()))
                : edit(conversation, draft, View.STAFF);
    }

    private SubmissionId writeOnTheSide(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        return switch (random.nextInt(8)) {
            case 0 -> create(conversation, BlockKind.NOTE, View.STAFF);
            case 1 -> edit(conversation, pick(replica, block -> block.kind() == BlockKind.NOTE), View.STAFF);
            case 2, 3 -> edit(conversation, pick(replica, block -> isMessageOf(block, self)), View.PUBLIC);
            case 4 -> react(conversation, pick(replica, OperationMix::isMessage));
            case 5 -> suggest(conversation);
            case 6 -> settle(conversation);
            default -> create(conversation, BlockKind.MESSAGE, View.PUBLIC);
        };
    }

    private SubmissionId arrange(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        if (self.role() == Role.ADMIN && random.nextInt(8) == 0) {
            return administer(conversation);
        }
        return switch (random.nextInt(8)) {
            case 0 -> conversation.submit(new Operation.SetAttribute("", "tag/" + random.nextInt(5), flag()));
            case 1 -> conversation.submit(new Operation.SetAttribute("", Attributes.ASSIGNEE, self.subject()));
            case 2 -> set(conversation, pick(replica, OperationMix::isMessage), Attributes.PINNED, rank(replica));
            case 3 -> set(conversation, pick(replica, block -> isMessageOf(block, self)), Attributes.RECALLED, flag());
            case 4 -> move(conversation, pick(replica, OperationMix::isMessage));
            case 5 -> merge(conversation);
            case 6 -> conversation.submit(new Operation.CloseConversation());
            default -> conversation.submit(new Operation.ReopenConversation());
        };
    }

    /** What is rare and only an admin does: a text is taken away for good, or the visitor turns out to be somebody known. */
    private SubmissionId administer(WireConversation conversation) {
        Replica replica = conversation.replica();
        if (random.nextBoolean()) {
            String visitor = replica.confirmed().attribute(Attributes.VISITOR);
            return conversation.submit(new Operation.Link(visitor, text.words(2)));
        }
        Block message = pick(replica, OperationMix::isMessage);
        return message == null ? read(conversation) : conversation.submit(new Operation.Redact(message.id()));
    }

    private SubmissionId submitAsAssistant(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        int percent = random.nextInt(100);
        if (percent < 10) {
            return suggest(conversation);
        }
        Block draft = pick(
                replica,
                block -> block.kind() == BlockKind.DRAFT && block.author().is(self));
        if (draft == null) {
            String block = replica.nextBlockId();
            return conversation.submit(new Operation.StartRun(block, block));
        }
        String run = draft.anchors().stream()
                .filter(Anchor::run)
                .map(Anchor::name)
                .findFirst()
                .orElse("");
        if (run.isEmpty()) {
            return conversation.submit(new Operation.StartRun(draft.id(), replica.nextBlockId()));
        }
        long fence = Long.parseLong(draft.attributes().getOrDefault(Attributes.FENCE, "0"));
        return percent < 15
                ? conversation.submit(new Operation.FinishRun(draft.id(), run, fence))
                : conversation.submit(new Operation.AppendText(draft.id(), run, fence, text.words(3)));
    }

    /** For a range of a message or a draft; one of no length would only insert. */
    private SubmissionId suggest(WireConversation conversation) {
        Replica replica = conversation.replica();
        Block target = pick(replica, block -> isMessage(block) || block.kind() == BlockKind.DRAFT);
        Text displayed = target == null ? null : replica.text(target.id());
        if (target == null || displayed == null) {
            return conversation.client().self().role() == Role.ASSISTANT
                    ? conversation.submit(new Operation.StartRun(replica.nextBlockId(), replica.nextBlockId()))
                    : read(conversation);
        }
        int start = random.nextInt(displayed.length() + 1);
        int end = start + random.nextInt(displayed.length() - start + 1);
        String suggestion = replica.nextBlockId();
        SortedMap<String, String> attributes = new TreeMap<>(Map.of(Attributes.TARGET, target.id()));
        return conversation.submit(List.of(
                new Operation.CreateBlock(suggestion, BlockKind.SUGGESTION, View.STAFF, text.words(3), attributes),
                new Operation.PlaceAnchor(target.id(), displayed.length(), suggestion, start, end)));
    }

    private SubmissionId settle(WireConversation conversation) {
        Replica replica = conversation.replica();
        Author self = conversation.client().self();
        Block suggestion = pick(
                replica,
                block -> block.kind() == BlockKind.SUGGESTION
                        && !block.attributes().containsKey(Attributes.STATE));
        if (suggestion == null) {
            return suggest(conversation);
        }
        Block target = replica.confirmed().block(suggestion.attributes().getOrDefault(Attributes.TARGET, ""));
        boolean editable = target != null && (target.kind() == BlockKind.DRAFT || isMessageOf(target, self));
        return conversation.submit(
                editable && random.nextInt(4) > 0
                        ? new Operation.AcceptSuggestion(suggestion.id())
                        : new Operation.DismissSuggestion(suggestion.id()));
    }

    private SubmissionId merge(WireConversation conversation) {
        Block block = pick(conversation.replica(), OperationMix::isMergeable);
        Block into = pick(conversation.replica(), other -> isMergeable(other) && block != null && !other.equals(block));
        return block == null || into == null
                ? create(conversation, BlockKind.MESSAGE, View.PUBLIC)
                : conversation.submit(new Operation.MergeBlocks(block.id(), into.id()));
    }

    private static boolean isMergeable(Block block) {
        return isMessage(block) && !block.attributes().containsKey(Attributes.RECALLED);
    }

    private SubmissionId move(WireConversation conversation, @Nullable Block block) {
        String rank = rank(conversation.replica());
        return block == null || rank.isEmpty()
                ? read(conversation)
                : conversation.submit(new Operation.MoveBlock(block.id(), rank));
    }

    /** One between two neighbours; empty if there is none that is short enough. */
    private String rank(Replica replica) {
        List<String> ranks = replica.confirmed().blocks().stream()
                .map(Rank::of)
                .distinct()
                .sorted()
                .toList();
        int at = random.nextInt(ranks.size() + 1);
        String rank = Rank.between(at == 0 ? "" : ranks.get(at - 1), at == ranks.size() ? "" : ranks.get(at));
        return rank.length() <= Rank.LENGTH_MAX ? rank : "";
    }

    private static boolean isMessage(Block block) {
        return block.kind() == BlockKind.MESSAGE;
    }

    private static boolean isMessageOf(Block block, Author author) {
        return isMessage(block) && block.belongsTo(author);
    }

    /** A block that suits and has a text. */
    private @Nullable Block pick(Replica replica, Predicate<Block> suits) {
        List<Block> suitable = new ArrayList<>();
        for (Block block : replica.confirmed().blocks()) {
            if (!block.isMerged() && !block.erased() && suits.test(block)) {
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

    private SubmissionId react(WireConversation conversation, @Nullable Block block) {
        String emoji = EMOJI.get(random.nextInt(EMOJI.size()));
        return set(
                conversation,
                block,
                "reaction/" + emoji + "/" + conversation.client().self().subject(),
                flag());
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

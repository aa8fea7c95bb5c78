package dev.parley.gateway.shard;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.CharacterLedger;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Rank;
import dev.parley.conversation.Replica;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What somebody does to a conversation: everything that its role can ask for, on what its replica displays, and now and then
 * what it may not. Every character it types is one that nobody else ever types. On the test's thread.
 */
final class SimulatedAuthor {
    private final Author author;
    private final Replica replica;
    private final Random random;
    private final CharacterLedger ledger;
    private final List<String> created = new ArrayList<>();
    private int submissions;
    private int severalOnOneBlock;
    private int runs;

    SimulatedAuthor(Author author, Replica replica, Random random, CharacterLedger ledger) {
        this.author = author;
        this.replica = replica;
        this.random = random;
        this.ledger = ledger;
    }

    int submissions() {
        return submissions;
    }

    /** Submissions of several operations on one block. */
    int severalOnOneBlock() {
        return severalOnOneBlock;
    }

    void act() {
        if (author.role() == Role.ASSISTANT) {
            assist();
        } else if (author.role() == Role.VISITOR) {
            visit();
        } else {
            serve();
        }
    }

    private void visit() {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> create(BlockKind.MESSAGE);
            case 3, 4 -> set(block(SimulatedAuthor::isMessage), "reaction/" + author.subject());
            case 5 -> set(block(SimulatedAuthor::isMessage), Attributes.RECALLED);
            case 6, 7 -> advance();
            case 8 -> command(new Operation.CloseConversation());
            default -> edit(block(SimulatedAuthor::isMessage));
        }
    }

    private void serve() {
        switch (random.nextInt(64)) {
            case 0, 1 -> create(BlockKind.MESSAGE);
            case 2, 3, 4 -> create(BlockKind.DRAFT);
            case 5 -> create(random.nextBoolean() ? BlockKind.NOTE : BlockKind.TOPIC);
            case 6, 7 -> move(block(SimulatedAuthor::isMessage));
            case 8, 9 -> set(block(block -> true), random.nextBoolean() ? "tag/x" : "reaction/" + author.subject());
            case 10 -> set(block(SimulatedAuthor::isMessage), Attributes.RECALLED);
            case 11 -> pin(block(SimulatedAuthor::isMessage));
            case 12 -> submit(new Operation.SetAttribute("", random.nextBoolean() ? "assignee" : "title", value()));
            case 13, 14 -> advance();
            case 15, 16, 17 -> merge(block(SimulatedAuthor::isMessage), block(SimulatedAuthor::isMessage));
            case 18, 19 -> onBlock(BlockKind.DRAFT, draft -> new Operation.PublishDraft(draft, 0));
            case 20, 21, 22 -> suggest(block(block -> isDraft(block) || (isMessage(block) && isOwn(block))));
            case 23, 24, 25 -> onBlock(BlockKind.SUGGESTION, Operation.AcceptSuggestion::new);
            case 26 -> onBlock(BlockKind.SUGGESTION, Operation.DismissSuggestion::new);
            case 27, 28 -> onBlock(BlockKind.DRAFT, Operation.TakeOver::new);
            case 29 -> command(new Operation.CloseConversation());
            case 30 -> command(new Operation.ReopenConversation());
            case 31 -> administer();
            default -> edit(block(block -> block.kind() != BlockKind.SUGGESTION));
        }
    }

    /** To colleagues most of it is forbidden. */
    private void administer() {
        if (random.nextBoolean()) {
            command(new Operation.Link("vera", "Vera " + random.nextInt(100)));
        } else {
            Block block = block(candidate -> true);
            if (block != null) {
                command(new Operation.Redact(block.id()));
            }
        }
    }

    private void assist() {
        Block draft = block(block -> block.anchors().stream().anyMatch(Anchor::run));
        if (draft == null) {
            Block own = random.nextBoolean() ? block(block -> isDraft(block) && isOwn(block)) : null;
            start(own == null ? replica.nextBlockId() : own.id());
        } else {
            switch (random.nextInt(12)) {
                case 0 -> finish(draft);
                case 1 -> suggest(block(SimulatedAuthor::isDraft));
                case 2 -> onBlock(BlockKind.SUGGESTION, Operation.DismissSuggestion::new);
                case 3 -> onBlock(BlockKind.SUGGESTION, Operation.AcceptSuggestion::new);
                case 4, 5, 6 -> edit(block(block -> isDraft(block) && isOwn(block)));
                default -> append(draft);
            }
        }
    }

    private static boolean isMessage(Block block) {
        return block.kind() == BlockKind.MESSAGE;
    }

    private static boolean isDraft(Block block) {
        return block.kind() == BlockKind.DRAFT;
    }

    private boolean isOwn(Block block) {
        return block.belongsTo(author);
    }

    /** Any block with a text that matches, or now and then one whose text is gone. */
    private @Nullable Block block(Predicate<Block> matches) {
        boolean gone = random.nextInt(30) == 0;
        List<Block> all = replica.confirmed().blocks().stream()
                .filter(matches)
                .filter(block -> gone || !(block.isMerged() || block.erased()))
                .sorted(Comparator.comparing(Block::id))
                .toList();
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private SubmissionId submit(Operation... operations) {
        submissions++;
        return replica.submit(List.of(operations), 0);
    }

    private void command(Operation.Command command) {
        submit(command);
    }

    private interface OfBlock {
        Operation.Command command(String block);
    }

    private void onBlock(BlockKind kind, OfBlock asked) {
        Block block = block(candidate -> candidate.kind() == kind);
        if (block != null) {
            command(asked.command(block.id()));
        }
    }

    private void create(BlockKind kind) {
        String id = replica.nextBlockId();
        View audience = kind == BlockKind.MESSAGE || kind == BlockKind.TOPIC ? View.PUBLIC : View.STAFF;
        String text = ledger.fresh(random.nextInt(6));
        Operation create = new Operation.CreateBlock(id, kind, audience, text, Attributes.NONE);
        if (random.nextBoolean()) {
            ledger.created(submit(create), id, text);
        } else {
            Edits edits = new Edits(id, Text.of(text));
            Operation edit = edits.next();
            SubmissionId submission = submit(create, edit);
            ledger.created(submission, id, text);
            edits.note(submission);
        }
        created.add(id);
    }

    private void edit(@Nullable Block confirmed) {
        String own = created.isEmpty() ? "" : created.get(random.nextInt(created.size()));
        boolean pending =
                random.nextInt(6) == 0 && !own.isEmpty() && replica.confirmed().block(own) == null;
        String block = pending || confirmed == null ? own : confirmed.id();
        Text text = replica.text(block);
        if (text == null) {
            return;
        }
        Edits edits = new Edits(block, text);
        int count = random.nextInt(10) < 7 ? 2 + random.nextInt(2) : 1;
        Operation[] operations = new Operation[count];
        for (int i = 0; i < count; i++) {
            operations[i] = edits.next();
        }
        edits.note(submit(operations));
        severalOnOneBlock += count > 1 ? 1 : 0;
    }

    /** Edits of one block, one on top of the other. */
    private final class Edits {
        private final String block;
        private final List<Text> texts = new ArrayList<>();
        private final List<TextEdit> edits = new ArrayList<>();
        private Text text;

        Edits(String block, Text text) {
            this.block = block;
            this.text = text;
        }

        Operation next() {
            TextEdit edit = edit(text);
            texts.add(text);
            edits.add(edit);
            Operation operation = new Operation.EditText(block, text.length(), edit);
            text = edit.apply(text);
            return operation;
        }

        void note(SubmissionId id) {
            for (int i = 0; i < edits.size(); i++) {
                ledger.edited(id, block, texts.get(i), edits.get(i));
            }
        }
    }

    private TextEdit edit(Text text) {
        TextEdit.Builder edit = TextEdit.builder();
        int left = text.length();
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
            int retained = place(left);
            edit.retain(retained);
            left -= retained;
            if (random.nextInt(3) > 0) {
                edit.insert(Text.of(ledger.fresh(1 + random.nextInt(3))));
            }
            int deleted = random.nextInt(Math.min(3, left) + 1);
            edit.delete(deleted);
            left -= deleted;
        }
        return edit.build();
    }

    /** Often at an end, where others type too. */
    private int place(int left) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> left;
            default -> random.nextInt(left + 1);
        };
    }

    private void move(@Nullable Block block) {
        String rank = rank();
        if (block != null && rank != null) {
            submit(new Operation.MoveBlock(block.id(), rank));
        }
    }

    private void pin(@Nullable Block block) {
        String rank = rank();
        if (block != null && rank != null) {
            submit(new Operation.SetAttribute(block.id(), Attributes.PINNED, random.nextInt(3) == 0 ? "" : rank));
        }
    }

    /** Of any gap in what is displayed. */
    private @Nullable String rank() {
        List<String> ranks = replica.confirmed().blocks().stream()
                .map(Rank::of)
                .distinct()
                .sorted()
                .toList();
        int at = random.nextInt(ranks.size() + 1);
        String rank = Rank.between(at == 0 ? "" : ranks.get(at - 1), at == ranks.size() ? "" : ranks.get(at));
        return Rank.isValid(rank) ? rank : null;
    }

    private void set(@Nullable Block block, String key) {
        if (block != null) {
            submit(new Operation.SetAttribute(block.id(), key, value()));
        }
    }

    private String value() {
        return random.nextInt(3) == 0 ? "" : Integer.toString(random.nextInt(100));
    }

    private void advance() {
        submit(new Operation.Advance(Attributes.READ, replica.confirmed().revision()));
    }

    private void merge(@Nullable Block block, @Nullable Block into) {
        if (block != null && into != null) {
            command(new Operation.MergeBlocks(block.id(), into.id()));
        }
    }

    private void suggest(@Nullable Block target) {
        Text text = target == null ? null : replica.text(target.id());
        if (target == null || text == null) {
            return;
        }
        String id = replica.nextBlockId();
        String suggested = ledger.fresh(random.nextInt(4));
        SortedMap<String, String> attributes = new TreeMap<>();
        attributes.put(Attributes.TARGET, target.id());
        int start = random.nextInt(text.length() + 1);
        int end = start + random.nextInt(text.length() - start + 1);
        ledger.created(
                submit(
                        new Operation.CreateBlock(id, BlockKind.SUGGESTION, View.STAFF, suggested, attributes),
                        new Operation.PlaceAnchor(target.id(), text.length(), id, start, end)),
                id,
                suggested);
    }

    private void start(String draft) {
        command(new Operation.StartRun(draft, author.subject() + "-" + replica.outbox() + "-" + runs++));
    }

    private void append(Block draft) {
        Anchor run = run(draft);
        String text = ledger.fresh(1 + random.nextInt(4));
        SubmissionId id = submit(new Operation.AppendText(draft.id(), run.name(), fence(draft), text));
        ledger.appended(id, draft.id(), text);
    }

    private void finish(Block draft) {
        command(new Operation.FinishRun(draft.id(), run(draft).name(), fence(draft)));
    }

    private static Anchor run(Block draft) {
        return draft.anchors().stream().filter(Anchor::run).findFirst().orElseThrow();
    }

    private static long fence(Block draft) {
        return Long.parseLong(draft.attributes().getOrDefault(Attributes.FENCE, "0"));
    }
}

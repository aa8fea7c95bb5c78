package dev.parley.wire;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Author;
import dev.parley.conversation.Authorship;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Origin;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Source;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.fixture.RandomEdits;
import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Random values of the model, with everything in them that has to get across. */
final class RandomModel {
    private final RandomGenerator random;
    private final RandomEdits edits;

    RandomModel(RandomGenerator random) {
        this.random = random;
        edits = new RandomEdits(random);
    }

    Entry entry() {
        return new Entry(
                number(),
                random.nextInt(8) == 0 ? Author.GATEWAY : author(),
                number(),
                random.nextInt(8) == 0 ? SubmissionId.NONE : submissionId(),
                string(),
                list(this::effect),
                number(),
                origin());
    }

    Effect effect() {
        return switch (random.nextInt(8)) {
            case 0 -> new Effect.Create(string(), oneOf(BlockKind.values()), view(), string(), attributes());
            case 1 -> {
                Text text = edits.text(9);
                yield new Effect.EditText(string(), text.length(), edits.edit(text), view());
            }
            case 2 -> new Effect.Set(string(), string(), string(), random.nextBoolean(), view());
            case 3 -> new Effect.Reveal(string(), string(), attributes(), view());
            case 4 -> new Effect.Move(string(), string(), view());
            case 5 -> new Effect.Retarget(string(), string(), length(), length(), length(), view());
            case 6 -> new Effect.Erase(string(), view());
            default ->
                new Effect.PlaceAnchor(
                        string(), string(), length(), length(), random.nextBoolean(), random.nextBoolean(), view());
        };
    }

    Submission submission() {
        return new Submission(submissionId(), position(), list(this::operation), number(), origin());
    }

    Operation operation() {
        return switch (random.nextInt(18)) {
            case 0 -> new Operation.CreateBlock(string(), oneOf(BlockKind.values()), view(), string(), attributes());
            case 1 -> {
                Text text = edits.text(9);
                yield new Operation.EditText(string(), text.length(), edits.edit(text));
            }
            case 2 -> new Operation.SetAttribute(string(), string(), string());
            case 3 -> new Operation.Advance(string(), number());
            case 4 -> new Operation.PublishDraft(string(), number());
            case 5 -> new Operation.MoveBlock(string(), string());
            case 6 -> new Operation.PlaceAnchor(string(), length(), string(), length(), length());
            case 7 -> new Operation.MergeBlocks(string(), string());
            case 8 -> new Operation.TakeOver(string());
            case 9 -> new Operation.AcceptSuggestion(string());
            case 10 -> new Operation.DismissSuggestion(string());
            case 11 -> new Operation.CloseConversation();
            case 12 -> new Operation.ReopenConversation();
            case 13 -> new Operation.Redact(string());
            case 14 -> new Operation.Link(string(), string());
            case 15 -> new Operation.StartRun(string(), string());
            case 16 -> new Operation.AppendText(string(), string(), number(), string());
            default -> new Operation.FinishRun(string(), string(), number());
        };
    }

    Block block() {
        return new Block(
                string(),
                oneOf(BlockKind.values()),
                view(),
                author(),
                list(this::author),
                number(),
                number(),
                number(),
                number(),
                edits.text(30),
                attributes(),
                string(),
                string(),
                random.nextBoolean(),
                list(this::anchor),
                authorship());
    }

    private Anchor anchor() {
        return new Anchor(string(), length(), length(), random.nextBoolean(), random.nextBoolean(), length());
    }

    private Authorship authorship() {
        List<Author> authors = list(this::author);
        return new Authorship(
                authors,
                authors.isEmpty()
                        ? List.of()
                        : list(() -> new Authorship.Run(1 + length() / 2, random.nextInt(authors.size()))));
    }

    private Origin origin() {
        return random.nextBoolean() ? Origin.HUMAN : new Origin(oneOf(Source.values()), string(), string(), string());
    }

    private int length() {
        return random.nextInt() >>> (1 + random.nextInt(31));
    }

    ConversationSummary summary() {
        return new ConversationSummary(
                string(),
                string(),
                string(),
                string(),
                string(),
                string(),
                string(),
                List.of(string(), string()),
                string(),
                oneOf(Role.values()),
                number(),
                number());
    }

    Author author() {
        return new Author("s" + string(), oneOf(Role.values()), string());
    }

    Position position() {
        return random.nextInt(8) == 0 ? Position.START : new Position(1 + number(), random.nextLong());
    }

    private SubmissionId submissionId() {
        return new SubmissionId("o" + string(), 1 + number(), random.nextLong());
    }

    private SortedMap<String, String> attributes() {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            attributes.put(string(), "v" + string());
        }
        return Collections.unmodifiableSortedMap(attributes);
    }

    /** Small, large, and of every length of a varint. */
    private long number() {
        return random.nextLong() >>> (1 + random.nextInt(63)) >>> 1;
    }

    private String string() {
        return edits.text(5).toString();
    }

    private View view() {
        return oneOf(View.values());
    }

    private <T> List<T> list(Supplier<T> item) {
        List<T> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(item.get());
        }
        return List.copyOf(items);
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }
}

package dev.parley.gateway.shard;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Rank;
import dev.parley.conversation.Redaction;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Conversation.Decision;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.gateway.store.rocksdb.RocksOperationStore;
import dev.parley.gateway.store.rocksdb.RocksOptions;
import dev.parley.ot.TextEdit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A conversation loaded from its snapshot is the one that lives on, and the one that its whole log makes. */
@ExtendWith(Seed.Resolver.class)
class ConversationSnapshotTest {
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final List<Author> AUTHORS = List.of(
            VERA,
            new Author("ann", Role.AGENT, "Ann"),
            new Author("root", Role.ADMIN, "Root"),
            new Author("ai", Role.ASSISTANT, "AI"));

    @Test
    void a_loaded_conversation_is_the_one_that_was_decided_on_and_nothing_redacted_comes_back(
            Seed first, @TempDir Path folder) {
        RocksOptions options = RocksOptions.of(folder, Durability.PROCESS);
        try (RocksOperationStore rocks = RocksOperationStore.open(options, System::nanoTime, nanos -> {})) {
            live(first, rocks);
        }
    }

    private static void live(Seed first, OperationStore rocks) {
        int rounds = Integer.getInteger("parley.rounds", 120);
        int entries = 0;
        int redactions = 0;
        int rejections = 0;
        for (int round = 0; round < rounds; round++) {
            long seed = first.value() + round;
            OperationStore store = round % 2 == 0 ? new MemoryOperationStore(Runnable::run) : rocks;
            World world = new World(new ConversationKey("shop", "chat-" + round), store, new SplittableRandom(seed));
            try {
                world.live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            entries += (int) world.live.head().revision();
            redactions += world.gone.isEmpty() ? 0 : 1;
            rejections += world.rejections;
        }
        System.out.printf(
                "%d conversations, %d entries, %d rejections, %d conversations redacted%n",
                rounds, entries, rejections, redactions);
        assertThat(entries).isGreaterThan(rounds * 15);
        assertThat(redactions).isGreaterThan(rounds / 10);
    }

    private static final class World {
        private final ConversationKey key;
        private final OperationStore store;
        private final SplittableRandom random;
        private final ShardLimits bounds;
        private final Map<String, Long> seqs = new HashMap<>();
        private final Map<String, Set<String>> tokens = new HashMap<>();
        private final Set<String> gone = new HashSet<>();
        private final ConversationState mirror = new ConversationState(View.STAFF);
        private Conversation live;
        private int rejections;
        private int nextToken;
        private long nowMillis = 1_000_000;

        World(ConversationKey key, OperationStore store, SplittableRandom random) {
            this.key = key;
            this.store = store;
            this.random = random;
            bounds = new ShardLimits(1 << 20, 100, 1 << 20, 100, 2 + random.nextInt(20), 1 + random.nextInt(30));
            live = load();
            live.create(VERA, "CHAT", "chat", nowMillis);
            mirror();
        }

        private Conversation load() {
            return new Conversation(key, await(store.load(key)), new Policy(), Limits.DEFAULT, bounds);
        }

        void live() {
            for (int step = 0; step < 80; step++) {
                act();
                if (random.nextInt(3) == 0) {
                    append();
                    mirror();
                }
                if (random.nextInt(8) == 0) {
                    append();
                    compare();
                }
                if (random.nextInt(12) == 0) {
                    append();
                    live = load();
                }
                if (random.nextInt(25) == 0) {
                    append();
                    requireGone();
                }
            }
            append();
            compare();
            requireGone();
        }

        /** What a client would see now, to act on. */
        private void mirror() {
            append();
            mirror.clear();
            for (LoggedEntry entry : await(store.read(key, 0, Long.MAX_VALUE))) {
                mirror.apply(entry.entry());
            }
        }

        private void append() {
            if (live.hasUnappended()) {
                Append append = live.takeAppend();
                assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
                live.stored(append);
            }
        }

        private void act() {
            Author author = AUTHORS.get(random.nextInt(AUTHORS.size()));
            Block block = anyBlock();
            String token = "token" + nextToken++ + ";";
            Operation operation = operation(author, block, token);
            long seq = seqs.merge(author.subject(), 1L, Long::sum);
            nowMillis += random.nextInt(60_000);
            Submission submission =
                    new Submission(new SubmissionId(author.subject(), seq, seq), live.head(), List.of(operation), 0);
            List<LoggedEntry> redacted = redacted(submission, author);
            Decision decision = live.receive(submission, author, nowMillis, Command.Submit.ANY_REVISION, redacted);
            if (decision instanceof Decision.Logged) {
                note(operation, token);
            } else {
                assertThat(decision).isInstanceOf(Decision.Rejected.class);
                rejections++;
            }
        }

        private List<LoggedEntry> redacted(Submission submission, Author author) {
            append();
            Redaction redaction = live.redaction(submission, author, nowMillis);
            Range before = live.resumption().beforeHistory();
            return redaction == null || before == null
                    ? List.of()
                    : await(RedactedEntries.read(store, key, redaction, before));
        }

        private @Nullable Block anyBlock() {
            List<Block> blocks = mirror.latest(1_000, Long.MAX_VALUE, View.STAFF);
            return blocks.isEmpty() ? null : blocks.get(random.nextInt(blocks.size()));
        }

        private Operation operation(Author author, @Nullable Block block, String token) {
            String id = author.subject() + "." + nextToken;
            if (block == null || random.nextInt(4) == 0) {
                boolean staff = author.role().isStaff() && random.nextBoolean();
                return author.role() == Role.ASSISTANT && random.nextBoolean()
                        ? new Operation.StartRun(id, "run-" + nextToken)
                        : new Operation.CreateBlock(
                                id,
                                !staff ? BlockKind.MESSAGE : random.nextBoolean() ? BlockKind.DRAFT : BlockKind.NOTE,
                                staff ? View.STAFF : View.PUBLIC,
                                token,
                                Attributes.NONE);
            }
            int length = block.text().length();
            return switch (random.nextInt(14)) {
                case 0, 1, 2, 3 ->
                    new Operation.EditText(block.id(), length, TextEdit.insert(random.nextInt(length + 1), token));
                case 4 ->
                    new Operation.EditText(block.id(), length, length == 0 ? TextEdit.IDENTITY : TextEdit.delete(0, 1));
                case 5 -> new Operation.SetAttribute(block.id(), "tag/" + random.nextInt(3), "x");
                case 6 -> new Operation.SetAttribute("", Attributes.TITLE, "title " + nextToken);
                case 7 -> new Operation.Advance(Attributes.READ, live.head().revision());
                case 8 -> new Operation.PublishDraft(block.id(), 0);
                case 9 -> {
                    Block into = anyBlock();
                    yield new Operation.MergeBlocks(block.id(), into == null ? "none" : into.id());
                }
                case 10 -> new Operation.MoveBlock(block.id(), Rank.ofRevision(random.nextLong(1, 50)));
                case 11 -> new Operation.SetAttribute(block.id(), Attributes.RECALLED, "true");
                case 12 -> new Operation.Redact(block.id());
                default ->
                    random.nextBoolean() ? new Operation.CloseConversation() : new Operation.TakeOver(block.id());
            };
        }

        private void note(Operation operation, String token) {
            if (operation instanceof Operation.CreateBlock create) {
                tokensOf(create.block()).add(token);
            } else if (operation instanceof Operation.EditText edit) {
                tokensOf(edit.block()).add(token);
            } else if (operation instanceof Operation.MergeBlocks merge) {
                tokensOf(merge.into()).addAll(tokensOf(merge.block()));
            } else if (operation instanceof Operation.Redact redact) {
                gone.addAll(tokensOf(redact.block()));
            }
        }

        private Set<String> tokensOf(String block) {
            return tokens.computeIfAbsent(block, absent -> new HashSet<>());
        }

        private void compare() {
            List<LoggedEntry> log = await(store.read(key, 0, Long.MAX_VALUE));
            StoredConversation stored = await(store.load(key));
            Conversation replayed = new Conversation(
                    key,
                    new StoredConversation(Chain.START, null, log, stored.outboxRows(), stored.summary()),
                    new Policy(),
                    Limits.DEFAULT,
                    bounds);
            ConversationState state = new ConversationState(View.STAFF);
            log.forEach(entry -> state.apply(entry.entry()));
            for (Conversation each : List.of(load(), replayed, live)) {
                assertThat(each.head()).isEqualTo(live.head());
                for (View view : View.values()) {
                    requireSame(each, state, view);
                    requireChangesSince(each, log, state, view);
                }
                for (long revision = 0; revision <= log.size(); revision++) {
                    assertThat(each.marks().lastByVisitor(revision))
                            .isEqualTo(live.marks().lastByVisitor(revision));
                    assertThat(each.marks().lastByStaff(revision))
                            .isEqualTo(live.marks().lastByStaff(revision));
                }
                for (Author author : AUTHORS) {
                    assertThat(each.answers(author.subject(), List.of(author.subject())))
                            .isEqualTo(live.answers(author.subject(), List.of(author.subject())));
                }
            }
        }

        private static void requireSame(Conversation conversation, ConversationState state, View view) {
            Delivery.Blocks all =
                    (Delivery.Blocks) conversation.resumption().catchUp(1, Position.START, false, view, List.of());
            ConversationState.Snapshot expected = state.snapshot(Limits.DEFAULT.snapshotBlocks(), view);
            assertThat(all.blocks()).isEqualTo(expected.blocks());
            assertThat(all.attributes()).isEqualTo(state.attributesFor(view));
        }

        private void requireChangesSince(
                Conversation conversation, List<LoggedEntry> log, ConversationState state, View view) {
            LoggedEntry since = log.get(random.nextInt(log.size()));
            Range missing = conversation.resumption().missingFor(since.position(), false);
            List<LoggedEntry> read = missing == null ? List.of() : await(store.read(key, missing.from(), missing.to()));
            Delivery.CatchUp catchUp = conversation.resumption().catchUp(1, since.position(), false, view, read);
            if (catchUp instanceof Delivery.Blocks blocks) {
                assertThat(blocks.since()).isEqualTo(since.revision());
                assertThat(blocks.blocks()).isEqualTo(state.changedSince(since.revision(), view));
            }
        }

        private void requireGone() {
            StringBuilder all = new StringBuilder();
            for (LoggedEntry entry : await(store.read(key, 0, Long.MAX_VALUE))) {
                all.append(new String(entry.content(), StandardCharsets.UTF_8)).append(entry.entry());
            }
            StoredConversation stored = await(store.load(key));
            all.append(stored.summary());
            if (stored.snapshot() != null) {
                for (SnapshotBlock block : stored.snapshot().blocks()) {
                    all.append(block).append(block.block().text());
                }
            }
            for (View view : View.values()) {
                all.append(live.resumption().catchUp(1, live.head(), false, view, List.of()));
            }
            for (String token : gone) {
                int at = all.indexOf(token);
                assertThat(at < 0 ? "" : all.substring(Math.max(0, at - 300), at + 100))
                        .as(token)
                        .isEmpty();
            }
        }
    }
}

package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Erasure;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Random work on the engine and on the model side by side: the same answers, and the same contents after each restart. */
@ExtendWith(Seed.Resolver.class)
class RocksAgainstModelTest {
    private static final List<String> TENANTS = List.of("", "a", "a\u0000", "a\u0000\u0001b");
    private static final List<String> CONVERSATIONS = List.of("", "b", "\u0000\u0001b", "bb", "\uffff", "\ud83d\ude00");
    private static final List<String> VISITORS = List.of("", "v", "v\u0000");
    private static final List<String> KINDS =
            ConversationSummary.KINDS.stream().sorted().toList();
    private static final int BATCHES_BETWEEN_RESTARTS = 60;

    @TempDir
    private Path folder;

    private final MemoryOperationStore model = new MemoryOperationStore(Runnable::run);

    @Test
    void engine_and_model_never_differ(Seed seed) {
        SplittableRandom random = seed.random();
        int rounds = Integer.getInteger("parley.rounds", 10);
        for (int round = 0; round < rounds; round++) {
            try (RocksOperationStore engine = RocksStores.open(options(random))) {
                if (round > 0) {
                    compare(engine, random);
                }
                for (int i = 0; i < BATCHES_BETWEEN_RESTARTS; i++) {
                    if (random.nextInt(6) == 0) {
                        ConversationKey key = new ConversationKey(any(TENANTS, random), any(CONVERSATIONS, random));
                        long revision = random.nextLong(30);
                        assertThat(await(engine.truncate(key, revision)))
                                .isEqualTo(await(model.truncate(key, revision)));
                    }
                    if (random.nextInt(20) == 0) {
                        await(engine.purgeErased());
                    }
                    List<Append> batch = batch(random);
                    assertThat(await(engine.append(batch))).isEqualTo(await(model.append(batch)));
                }
                compare(engine, random);
            }
        }
    }

    private RocksOptions options(SplittableRandom random) {
        return new RocksOptions(
                folder,
                Durability.PROCESS,
                64,
                1 << random.nextInt(20),
                random.nextInt(10),
                1 + random.nextInt(2),
                64,
                1 << 20,
                1 << (18 + random.nextInt(4)),
                64);
    }

    private List<Append> batch(SplittableRandom random) {
        Map<ConversationKey, Append> batch = new HashMap<>();
        for (int appends = random.nextInt(5); appends > 0; appends--) {
            ConversationKey key = new ConversationKey(any(TENANTS, random), any(CONVERSATIONS, random));
            if (!batch.containsKey(key)) {
                batch.put(key, append(key, random));
            }
        }
        return List.copyOf(batch.values());
    }

    private Append append(ConversationKey key, SplittableRandom random) {
        LogWriter writer = LogWriter.after(key, await(model.load(key)));
        switch (random.nextInt(8)) {
            case 0 -> writer.next("an entry that nobody has");
            case 1 -> writer = LogWriter.of(key, "visitor");
            default -> {}
        }
        writer.at(random.nextLong(1_000));
        if (random.nextInt(5) == 0) {
            return writer.rejection(any(List.of(RejectCode.values()), random));
        }
        LogWriter before = writer.copy();
        List<LoggedEntry> entries = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            entries.add(writer.next("text " + random.nextInt()));
        }
        List<OutboxRow> rows = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            rows.add(new OutboxRow(
                    any(VISITORS, random),
                    any(CONVERSATIONS, random),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(),
                    null));
        }
        if (!entries.isEmpty()) {
            rows.add(writer.row(null));
        }
        List<OutboxRow> expired = await(model.load(key)).outboxRows().stream()
                .filter(row -> !LogWriter.isOwn(row) && random.nextInt(4) == 0)
                .toList();
        Append append =
                new Append(key, before.position(), entries, rows, expired, summary(key, random), null, List.of());
        return writer.chain().revision() > 0 && random.nextInt(3) == 0 ? withSnapshot(append, writer, random) : append;
    }

    private Append withSnapshot(Append append, LogWriter writer, SplittableRandom random) {
        @Nullable Snapshot before = await(model.load(append.key())).snapshot();
        boolean whole = before == null || random.nextInt(4) == 0;
        Map<String, SnapshotBlock> blocks = new HashMap<>();
        if (before != null && !whole) {
            before.blocks().forEach(block -> blocks.put(block.block().id(), block));
        }
        List<SnapshotBlock> changed = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            SnapshotBlock block =
                    LogWriter.block(any(CONVERSATIONS, random), "text " + random.nextInt(), 1 + random.nextLong(1_000));
            if (changed.stream()
                    .noneMatch(other -> other.block().id().equals(block.block().id()))) {
                changed.add(block);
                blocks.put(block.block().id(), block);
            }
        }
        long since = before == null || whole ? 0 : before.chain().revision();
        return LogWriter.with(
                append,
                writer.snapshot(since, blocks.size(), changed.toArray(SnapshotBlock[]::new)),
                erasures(append, random));
    }

    private Erasure[] erasures(Append append, SplittableRandom random) {
        List<LoggedEntry> entries = new ArrayList<>(await(model.read(append.key(), 0, Long.MAX_VALUE)));
        entries.removeIf(entry -> entry.revision() > append.expected().revision());
        entries.addAll(append.entries());
        entries.removeIf(entry -> random.nextInt(6) > 0);
        return entries.stream().map(LogWriter::erasure).toArray(Erasure[]::new);
    }

    private static @Nullable ConversationSummary summary(ConversationKey key, SplittableRandom random) {
        return random.nextInt(3) == 0
                ? null
                : new ConversationSummary(
                        key.conversation(),
                        any(KINDS, random),
                        any(VISITORS, random),
                        "name",
                        "open",
                        "",
                        "title",
                        List.of("tag"),
                        "text " + random.nextInt(),
                        Role.AGENT,
                        random.nextLong(20),
                        random.nextLong(1_000));
    }

    private static <T> T any(List<T> values, SplittableRandom random) {
        return values.get(random.nextInt(values.size()));
    }

    private void compare(OperationStore engine, SplittableRandom random) {
        compareLogs(engine, 1 + random.nextInt(7));
        for (String tenant : TENANTS) {
            for (String conversation : CONVERSATIONS) {
                ConversationKey key = new ConversationKey(tenant, conversation);
                StoredConversation expected = await(model.load(key));
                StoredConversation actual = await(engine.load(key));
                assertThat(actual.horizon()).isEqualTo(expected.horizon());
                assertThat(actual.snapshot()).isEqualTo(expected.snapshot());
                assertSame(actual.entries(), expected.entries());
                assertThat(actual.outboxRows()).isEqualTo(expected.outboxRows());
                assertThat(actual.summary()).isEqualTo(expected.summary());
                long from = random.nextLong(expected.end().revision() + 2);
                long to = from + random.nextLong(10);
                assertSame(await(engine.read(key, from, to)), await(model.read(key, from, to)));
            }
            for (String visitor : VISITORS) {
                int limit = 1 + random.nextInt(7);
                assertThat(await(engine.conversationsOf(tenant, visitor, limit)))
                        .isEqualTo(await(model.conversationsOf(tenant, visitor, limit)));
            }
            for (String kind : KINDS) {
                compareInbox(engine, tenant, kind, 1 + random.nextInt(7));
            }
        }
    }

    private void compareLogs(OperationStore engine, int limit) {
        ConversationKey last = null;
        List<LogExtent> expected;
        do {
            expected = await(model.logs(last, limit));
            assertThat(await(engine.logs(last, limit))).isEqualTo(expected);
            last = expected.isEmpty() ? null : expected.get(expected.size() - 1).key();
        } while (expected.size() == limit);
    }

    private void compareInbox(OperationStore engine, String tenant, String kind, int limit) {
        byte[] cursor = {};
        do {
            InboxPage expected = await(model.inbox(tenant, kind, cursor, limit));
            InboxPage actual = await(engine.inbox(tenant, kind, cursor, limit));
            assertThat(actual.rows()).isEqualTo(expected.rows());
            assertThat(actual.next()).isEqualTo(expected.next());
            cursor = expected.next();
        } while (cursor.length > 0);
    }

    private static void assertSame(List<LoggedEntry> actual, List<LoggedEntry> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).entry()).isEqualTo(expected.get(i).entry());
            assertThat(actual.get(i).content()).isEqualTo(expected.get(i).content());
            assertThat(actual.get(i).chain()).isEqualTo(expected.get(i).chain());
        }
    }
}

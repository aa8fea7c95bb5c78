package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static dev.parley.gateway.store.LogWriter.block;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.RowCodec;
import dev.parley.gateway.store.SnapshotBlock;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.RocksDBException;

/** Rows that are not what was appended, written behind the store's back: one store with one conversation for each damage. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowDamageTest {
    private static final byte[] START = {};
    private static final String READ_FIRST = "its head is garbage and nobody has read it";
    private static final String REPLACED = "its erased entry is flipped";

    private RocksOperationStore store;

    @BeforeAll
    void damage(@TempDir Path folder) throws RocksDBException {
        RocksOptions options = RocksOptions.of(folder, Durability.PROCESS);
        try (RocksOperationStore whole = RocksStores.open(options)) {
            damages()
                    .forEach(damage ->
                            RocksStores.store(whole, writer(damage.name()).append("1", "2", "3")));
            RocksStores.store(whole, writer(READ_FIRST).append("1", "2", "3"));
            erased(whole);
            snapshotDamages().forEach(damage -> withSnapshot(whole, writer(damage.name()), false));
            snapshotDamages().forEach(damage -> withSnapshot(whole, writer(CUT + damage.name()), true));
        }
        try (RocksDatabase database = RocksDatabase.open(options)) {
            for (Case damage : damages().toList()) {
                damage.damage().doTo(database, Keys.conversation(key(damage.name())));
            }
            for (Case damage : snapshotDamages().toList()) {
                damage.damage().doTo(database, Keys.conversation(key(damage.name())));
                damage.damage().doTo(database, Keys.conversation(key(CUT + damage.name())));
            }
            database.rocks.put(database.heads, Keys.conversation(key(READ_FIRST)), new byte[] {7});
            Append foreign = writer(REPLACED).append("1", "another");
            database.rocks.put(
                    database.entries,
                    Keys.entry(Keys.conversation(key(REPLACED)), 2),
                    exchanged(
                            contentOf(database, Keys.conversation(key(REPLACED)), 2),
                            foreign.entries().get(1).content()));
        }
        store = RocksStores.open(options);
    }

    @AfterAll
    void close() {
        store.close();
    }

    private static ConversationKey key(String conversation) {
        return new ConversationKey("tenant", conversation);
    }

    private static LogWriter writer(String conversation) {
        return LogWriter.of("tenant", conversation);
    }

    private static LogWriter ahead(String conversation) {
        LogWriter writer = writer(conversation);
        writer.append("1", "2", "3");
        return writer;
    }

    private static final String CUT = "cut, and ";

    /** Entries 1 to 3, a snapshot, and entry 4. */
    private static void withSnapshot(RocksOperationStore store, LogWriter writer, boolean cut) {
        RocksStores.store(
                store,
                LogWriter.with(
                        writer.append("1", "2", "3"),
                        writer.snapshot(0, 2, block("a", "one", 1), block("b", "two", 2))));
        RocksStores.store(store, writer.append("4"));
        if (cut) {
            assertThat(await(store.truncate(writer.key(), 1))).isEqualTo(1);
        }
    }

    private static void erased(RocksOperationStore store) {
        LogWriter writer = writer(REPLACED);
        Append append = writer.append("1", "2", "3");
        RocksStores.store(
                store,
                LogWriter.with(
                        append,
                        writer.snapshot(0, 0),
                        LogWriter.erasure(append.entries().get(1))));
    }

    private interface Damage {
        void doTo(RocksDatabase database, byte[] conversation) throws RocksDBException;
    }

    private record Case(String name, Damage damage) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] flipped(byte[] value, int at) {
        byte[] flipped = value.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    private static byte[] contentOf(RocksDatabase database, byte[] conversation, long revision)
            throws RocksDBException {
        return database.rocks.get(database.entries, Keys.entry(conversation, revision));
    }

    /** The row of an erased entry with other content. */
    private static byte[] exchanged(byte[] value, byte[] content) {
        try {
            StoredEntry stored = RowCodec.decodeEntry(value);
            return RowCodec.encode(
                    stored.toBuilder().setContent(ByteString.copyFrom(content)).build());
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Case> damages() {
        return Stream.of(
                new Case("an entry's content is flipped", (database, conversation) -> {
                    byte[] value = contentOf(database, conversation, 2);
                    database.rocks.put(database.entries, Keys.entry(conversation, 2), flipped(value, value.length - 3));
                }),
                new Case(
                        "an entry's digest is flipped",
                        (database, conversation) -> database.rocks.put(
                                database.entries,
                                Keys.entry(conversation, 2),
                                flipped(contentOf(database, conversation, 2), 10))),
                new Case(
                        "an entry is garbage",
                        (database, conversation) -> database.rocks.put(
                                database.entries,
                                Keys.entry(conversation, 1),
                                "garbage".getBytes(StandardCharsets.UTF_8))),
                new Case(
                        "an entry is empty",
                        (database, conversation) ->
                                database.rocks.put(database.entries, Keys.entry(conversation, 3), new byte[0])),
                new Case("an entry is in a format of the future", (database, conversation) -> {
                    byte[] value = contentOf(database, conversation, 3);
                    value[0] = 9;
                    database.rocks.put(database.entries, Keys.entry(conversation, 3), value);
                }),
                new Case(
                        "an entry is missing in the middle",
                        (database, conversation) ->
                                database.rocks.delete(database.entries, Keys.entry(conversation, 2))),
                new Case(
                        "the last entry is missing",
                        (database, conversation) ->
                                database.rocks.delete(database.entries, Keys.entry(conversation, 3))),
                new Case("all entries are missing", (database, conversation) -> {
                    for (long revision = 1; revision <= 3; revision++) {
                        database.rocks.delete(database.entries, Keys.entry(conversation, revision));
                    }
                }),
                new Case(
                        "an entry stands in another's place",
                        (database, conversation) -> database.rocks.put(
                                database.entries, Keys.entry(conversation, 2), contentOf(database, conversation, 1))),
                new Case(
                        "an entry follows the head",
                        (database, conversation) -> database.rocks.put(
                                database.entries, Keys.entry(conversation, 4), contentOf(database, conversation, 3))),
                new Case("the last entry was exchanged with its digest", (database, conversation) -> {
                    LoggedEntry entry = LogWriter.of("tenant", "damaged")
                            .append("a", "b", "c")
                            .entries()
                            .get(2);
                    database.rocks.put(
                            database.entries,
                            Keys.entry(conversation, 3),
                            RowCodec.encodeEntry(entry.chain(), entry.content()));
                }),
                new Case(
                        "the head is missing",
                        (database, conversation) -> database.rocks.delete(database.heads, conversation)),
                new Case(
                        "the head is garbage",
                        (database, conversation) ->
                                database.rocks.put(database.heads, conversation, new byte[] {1, 2, 3})),
                new Case(
                        "the head's chain is flipped",
                        (database, conversation) -> database.rocks.put(
                                database.heads,
                                conversation,
                                flipped(database.rocks.get(database.heads, conversation), 20))),
                new Case("the head is one entry old", (database, conversation) -> {
                    Chain chain = LogWriter.of("tenant", "damaged")
                            .append("1", "2")
                            .entries()
                            .get(1)
                            .chain();
                    database.rocks.put(
                            database.heads, conversation, HeadCodec.encode(new Head(chain, null, Chain.START, 0)));
                }),
                new Case(
                        "an outbox row is garbage",
                        (database, conversation) -> database.rocks.put(
                                database.outboxes, Keys.outbox(conversation, "subject", "outbox"), new byte[] {1, 0x7F
                                })),
                new Case(
                        "an outbox row has no outbox",
                        (database, conversation) -> database.rocks.put(
                                database.outboxes, Keys.joined(conversation, new byte[] {'x'}), RowCodec.keyOnly())));
    }

    /** What leaves the log whole. */
    static Stream<Case> snapshotDamages() {
        return Stream.of(
                new Case("a block is flipped", (database, conversation) -> {
                    byte[] key = Keys.block(conversation, "a");
                    byte[] value = database.rocks.get(database.blocks, key);
                    database.rocks.put(database.blocks, key, flipped(value, value.length - 1));
                }),
                new Case(
                        "a block is missing",
                        (database, conversation) ->
                                database.rocks.delete(database.blocks, Keys.block(conversation, "b"))),
                new Case(
                        "there is a block too many",
                        (database, conversation) -> database.rocks.put(
                                database.blocks,
                                Keys.block(conversation, "c"),
                                RowCodec.encodeBlock(block("c", "three", 3)))),
                new Case(
                        "a block stands in another's place",
                        (database, conversation) -> database.rocks.put(
                                database.blocks,
                                Keys.block(conversation, "a"),
                                database.rocks.get(database.blocks, Keys.block(conversation, "b")))),
                new Case(
                        "the snapshot is missing",
                        (database, conversation) -> database.rocks.delete(database.snapshots, conversation)),
                new Case(
                        "the snapshot is garbage",
                        (database, conversation) ->
                                database.rocks.put(database.snapshots, conversation, new byte[] {2, 3, 4, 5, 6, 7})),
                new Case("the snapshot is of another log", (database, conversation) -> {
                    LogWriter other = LogWriter.of("tenant", "other");
                    other.append("a", "b", "c");
                    database.rocks.put(database.snapshots, conversation, RowCodec.encodeSnapshot(other.snapshot(0, 2)));
                }),
                new Case("the snapshot is of another revision", (database, conversation) -> {
                    LogWriter other = writer("other");
                    other.append("1", "2");
                    database.rocks.put(database.snapshots, conversation, RowCodec.encodeSnapshot(other.snapshot(0, 2)));
                }));
    }

    @ParameterizedTest
    @MethodSource("snapshotDamages")
    void a_damaged_snapshot_is_left_for_the_whole_log_until_the_next_replaces_it(Case damage) {
        ConversationKey key = key(damage.name());
        long before = store.damagedSnapshots();
        StoredConversation stored = await(store.load(key));
        assertThat(stored.snapshot()).isNull();
        assertThat(stored.entries()).hasSize(4);
        assertThat(store.damagedSnapshots()).isEqualTo(before + 1);

        LogWriter writer = LogWriter.after(key, stored);
        SnapshotBlock[] blocks = {block("a", "one again", 4), block("b", "two again", 4)};
        RocksStores.store(store, writer.snapshotAlone(0, 2, blocks));
        StoredConversation rebuilt = await(store.load(key));
        assertThat(rebuilt.entries()).isEmpty();
        assertThat(Objects.requireNonNull(rebuilt.snapshot()).blocks()).containsExactly(blocks);
        assertThat(store.damagedSnapshots()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @MethodSource("snapshotDamages")
    void a_damaged_snapshot_of_a_log_without_its_beginning_is_damage_to_the_conversation(Case damage) {
        assertThat(failure(store.load(key(CUT + damage.name()))))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("snapshot");
    }

    @Test
    void an_entry_in_an_erased_ones_place_that_is_not_what_was_put_there_is_found() {
        assertThat(await(store.load(key(REPLACED))).entries()).isEmpty();
        assertThat(failure(store.read(key(REPLACED), 0, 3)))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("erased");
    }

    @ParameterizedTest
    @MethodSource("damages")
    void a_damaged_conversation_is_quarantined_and_all_others_are_served(Case damage) {
        int before = store.damagedConversations();
        LogWriter damaged = ahead(damage.name());
        LogWriter whole = writer("whole, beside one where " + damage.name());
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(failure(store.load(damaged.key())))
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining("is damaged");
        }
        assertThat(failure(store.read(damaged.key(), 0, 1))).isInstanceOf(DamagedLogException.class);
        assertThat(await(store.append(List.of(damaged.append("4"), whole.append("1")))))
                .containsExactly(AppendResult.CONFLICT, AppendResult.STORED);
        assertThat(await(store.load(whole.key())).entries()).hasSize(1);
        assertThat(store.damagedConversations()).isEqualTo(before + 1);
        assertThat(store.isHealthy()).isTrue();
    }

    @Test
    void an_append_that_meets_a_damaged_head_does_no_harm_to_its_batch() {
        assertThat(await(store.append(List.of(
                        writer("before").append("1"),
                        ahead(READ_FIRST).append("4"),
                        writer("behind").append("1")))))
                .containsExactly(AppendResult.STORED, AppendResult.CONFLICT, AppendResult.STORED);
        assertThat(failure(store.load(key(READ_FIRST))))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("format 7");
    }

    @Test
    void a_conversation_with_a_damaged_head_is_left_out_of_the_inbox_and_counted() {
        long before = store.damagedInboxRows();
        assertThat(await(store.inbox("tenant", ConversationSummary.CHAT, START, 1_000))
                        .rows())
                .extracting(ConversationSummary::conversation)
                .contains(REPLACED)
                .doesNotContain(READ_FIRST);
        assertThat(store.damagedInboxRows()).isGreaterThan(before);
    }
}

package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.rocksdb.RocksStores.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.RejectCode;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Keys;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.gateway.store.SnapshotPart;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersInLogTest {
    private static final ConversationKey KEY = new ConversationKey("tenant", "conversation");

    @TempDir
    private Path folder;

    private final LogWriter writer = LogWriter.of(KEY, "visitor");

    @Test
    void an_accepted_answer_has_no_row_until_a_snapshot_and_is_known_all_the_same() throws Exception {
        try (RocksOperationStore store = RocksStores.open(folder)) {
            store(store, writer.append("first", "second"));
        }
        OutboxRow answer = writer.row(null);
        assertThat(hasRow(answer)).isFalse();
        assertThat(known()).containsExactly(answer);

        try (RocksOperationStore store = RocksStores.open(folder)) {
            store(store, writer.snapshotAlone(0, 0));
            assertThat(await(store.truncate(KEY, 2))).isEqualTo(2);
        }
        assertThat(hasRow(answer)).isTrue();
        assertThat(known()).containsExactly(answer);
    }

    @Test
    void of_an_acceptance_and_a_rejection_the_later_one_is_known() {
        try (RocksOperationStore store = RocksStores.open(folder)) {
            store(store, writer.append("first"));
            store(store, writer.rejection(RejectCode.FORBIDDEN));
        }
        assertThat(known()).containsExactly(writer.row(RejectCode.FORBIDDEN));

        try (RocksOperationStore store = RocksStores.open(folder)) {
            store(store, writer.append("third"));
        }
        assertThat(known()).containsExactly(writer.row(null));
    }

    @Test
    void an_expired_answer_is_gone_with_the_next_snapshot() {
        try (RocksOperationStore store = RocksStores.open(folder)) {
            store(store, writer.append("first"));
            store(store, expired(writer.row(null)));
            // A shard that forgot it has it in no snapshot.
            SnapshotPart without = new SnapshotPart(0, writer.chain(), 1, Attributes.NONE, List.of(), 0, List.of());
            store(store, LogWriter.with(expired(writer.row(null)), without));
        }
        assertThat(known()).isEmpty();
    }

    private Append expired(OutboxRow row) {
        return new Append(KEY, writer.position(), List.of(), List.of(), List.of(row), null, null, List.of());
    }

    private List<OutboxRow> known() {
        try (RocksOperationStore store = RocksStores.open(folder)) {
            return await(store.load(KEY)).outboxRows();
        }
    }

    private boolean hasRow(OutboxRow row) throws Exception {
        byte[] key = Keys.outbox(Keys.conversation(KEY), row.subject(), row.outbox());
        try (RocksDatabase database = RocksDatabase.open(RocksOptions.of(folder, Durability.PROCESS))) {
            return database.rocks.get(database.outboxes, key) != null;
        }
    }
}

package dev.parley.gateway.store.rocksdb;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.LogWriter.block;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Position;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Snapshot;
import dev.parley.gateway.store.StoredConversation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the children of a test were told is stored, and the check that a store has all of it, once. */
final class AcknowledgedLogs {
    private final Map<ConversationKey, Map<Long, Position>> positions = new HashMap<>();
    private long count;

    /** Takes a line that {@link StoreWriterMain} printed. */
    void add(String line) {
        String[] words = line.split(" ", -1);
        assertThat(words).as(line).hasSize(4);
        assertThat(words[0]).isEqualTo("stored");
        Position position = new Position(Long.parseLong(words[2]), Long.parseUnsignedLong(words[3], 16));
        positions
                .computeIfAbsent(StoreWriterMain.conversation(Integer.parseInt(words[1])), key -> new HashMap<>())
                .put(position.revision(), position);
        count++;
    }

    long count() {
        return count;
    }

    /** Checks the store; returns how many entries it has that nobody was told of. */
    long verify(RocksOperationStore store) {
        long untold = 0;
        for (Map.Entry<ConversationKey, Map<Long, Position>> conversation : positions.entrySet()) {
            StoredConversation stored = await(store.load(conversation.getKey()));
            List<LoggedEntry> entries = await(store.read(conversation.getKey(), 0, Long.MAX_VALUE));
            requireSnapshot(stored, entries.size());
            for (Position position : conversation.getValue().values()) {
                assertThat((long) entries.size())
                        .as("acknowledged %s", position)
                        .isGreaterThanOrEqualTo(position.revision());
                assertThat(entries.get((int) position.revision() - 1).position())
                        .isEqualTo(position);
            }
            for (int i = 0; i < entries.size(); i++) {
                assertThat(entries.get(i).revision()).isEqualTo(i + 1);
                assertThat(entries.get(i).entry().submission().seq())
                        .as("each submission once")
                        .isEqualTo(i + 1);
            }
            assertThat(stored.outboxRows()).hasSize(1);
            assertThat(stored.outboxRows().get(0).lastSeq()).isEqualTo(entries.size());
            assertThat(stored.outboxRows().get(0).acceptedRevision()).isEqualTo(entries.size());
            ConversationSummary summary = Objects.requireNonNull(stored.summary());
            assertThat(summary.revision()).isEqualTo(entries.size());
            assertThat(await(store.inbox(StoreWriterMain.TENANT, summary.kind(), new byte[0], 1_000))
                            .rows())
                    .filteredOn(row -> row.conversation().equals(summary.conversation()))
                    .containsExactly(summary);
            untold += entries.size() - conversation.getValue().size();
        }
        return untold;
    }

    /** What {@link StoreWriterMain} wrote with every tenth entry. */
    private static void requireSnapshot(StoredConversation stored, long end) {
        long revision = end - end % 10;
        assertThat(stored.entries()).hasSize((int) (end - revision));
        if (revision > 0) {
            Snapshot snapshot = Objects.requireNonNull(stored.snapshot());
            assertThat(snapshot.chain().revision()).isEqualTo(revision);
            assertThat(snapshot.blocks())
                    .containsExactly(block("a", "text", 1), block("b", "text " + revision, revision));
        }
    }
}

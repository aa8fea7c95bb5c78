package dev.parley.gateway.shard;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Conversation.Decision;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashBeatTest {
    private static final ConversationKey KEY = new ConversationKey("shop", "chat");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");

    private final MemoryOperationStore store = new MemoryOperationStore(Runnable::run);

    /** With snapshots after so many entries; loaded anew after ten. */
    private List<LoggedEntry> log(int snapshotEntries, int entries, int notesPerMessage) {
        ShardLimits bounds = new ShardLimits(1 << 20, 100, 1 << 20, 100, 4, snapshotEntries);
        List<LoggedEntry> log = new ArrayList<>();
        Conversation conversation = null;
        for (int i = 1; i <= entries; i++) {
            if (conversation == null) {
                conversation = new Conversation(KEY, await(store.load(KEY)), new Policy(), Limits.DEFAULT, bounds);
            }
            log.add(i == 1 ? conversation.create(ANN, "CHAT", "chat", 1_000) : block(conversation, i, notesPerMessage));
            assertThat(await(store.append(List.of(conversation.takeAppend())))).containsExactly(AppendResult.STORED);
            conversation = i % 10 == 0 ? null : conversation;
        }
        return log;
    }

    private static LoggedEntry block(Conversation conversation, int number, int notesPerMessage) {
        boolean message = number % (notesPerMessage + 1) == 0;
        Operation create = new Operation.CreateBlock(
                "ann." + number,
                message ? BlockKind.MESSAGE : BlockKind.NOTE,
                message ? View.PUBLIC : View.STAFF,
                "text",
                Attributes.NONE);
        SubmissionId id = new SubmissionId("ann", number - 1, number);
        Submission submission = new Submission(id, conversation.head(), List.of(create), 0);
        return ((Decision.Logged) conversation.receive(submission, ANN, 1_000)).entry();
    }

    private static List<Long> revisionsWithHash(List<LoggedEntry> log, View view) {
        return log.stream()
                .filter(entry -> entry.hashes().of(view).isPresent())
                .map(LoggedEntry::revision)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000})
    void a_conversation_that_is_loaded_again_and_again_tells_its_hashes_all_the_same(int snapshotEntries) {
        assertThat(revisionsWithHash(log(snapshotEntries, 300, 0), View.STAFF)).containsExactly(64L, 128L, 192L, 256L);
    }

    @Test
    void who_sees_a_part_is_told_with_the_first_entry_of_it() {
        List<LoggedEntry> log = log(1_000, 300, 9);

        assertThat(revisionsWithHash(log, View.STAFF)).containsExactly(64L, 128L, 192L, 256L);
        assertThat(revisionsWithHash(log, View.PUBLIC)).containsExactly(70L, 130L, 200L, 260L);
    }
}

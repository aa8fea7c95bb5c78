package dev.parley.gateway.store;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.FaultyOperationStore.Fault;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultyOperationStoreTest {
    private final Queue<Fault> script = new ArrayDeque<>();
    private final MemoryOperationStore memory = new MemoryOperationStore(Runnable::run);
    private final FaultyOperationStore store =
            new FaultyOperationStore(memory, () -> script.isEmpty() ? Fault.NONE : script.remove());
    private final LogWriter writer = LogWriter.of("tenant", "conversation");

    private int stored() {
        return await(memory.load(writer.key())).entries().size();
    }

    @Test
    void without_a_fault_it_is_the_store_below() {
        assertThat(await(store.append(List.of(writer.append("text"))))).containsExactly(AppendResult.STORED);
        assertThat(await(store.load(writer.key())).entries()).hasSize(1);
        assertThat(await(store.read(writer.key(), 0, 1))).hasSize(1);
        assertThat(await(store.conversationsOf("tenant", "visitor", 1))).hasSize(1);
        assertThat(await(store.inbox("tenant", ConversationSummary.CHAT, new byte[0], 1))
                        .rows())
                .hasSize(1);
    }

    @Test
    void a_busy_or_lost_append_fails_and_writes_nothing() {
        script.addAll(List.of(Fault.BUSY, Fault.LOST));
        Append append = writer.append("text");
        assertThat(failure(store.append(List.of(append)))).isInstanceOf(StoreBusyException.class);
        assertThat(failure(store.append(List.of(append)))).isInstanceOf(StoreFailedException.class);
        assertThat(stored()).isZero();
    }

    @Test
    void an_unanswered_append_fails_though_it_was_written() {
        script.add(Fault.UNANSWERED);
        assertThat(failure(store.append(List.of(writer.append("text"))))).isInstanceOf(StoreFailedException.class);
        assertThat(stored()).isOne();
    }

    @Test
    void a_conflict_writes_nothing() {
        script.add(Fault.CONFLICT);
        assertThat(await(store.append(List.of(writer.append("text"))))).containsExactly(AppendResult.CONFLICT);
        assertThat(stored()).isZero();
    }

    @Test
    void held_calls_are_done_at_once_and_answered_later_in_their_order() {
        script.addAll(List.of(Fault.HELD, Fault.HELD));
        CompletableFuture<List<AppendResult>> appended =
                store.append(List.of(writer.append("text"))).toCompletableFuture();
        CompletableFuture<StoredConversation> loaded = store.load(writer.key()).toCompletableFuture();
        assertThat(stored()).isOne();
        assertThat(appended).isNotDone();
        assertThat(loaded).isNotDone();
        assertThat(store.release()).isEqualTo(2);
        assertThat(await(appended)).containsExactly(AppendResult.STORED);
        assertThat(await(loaded).entries()).hasSize(1);
    }
}

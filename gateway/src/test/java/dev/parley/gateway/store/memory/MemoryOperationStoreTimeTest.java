package dev.parley.gateway.store.memory;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoredConversation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class MemoryOperationStoreTimeTest {
    private final List<Runnable> scheduled = new ArrayList<>();

    @Test
    void nothing_takes_effect_before_the_executor_says_so() {
        MemoryOperationStore store = new MemoryOperationStore(scheduled::add);
        LogWriter writer = LogWriter.of("tenant", "conversation");
        CompletableFuture<List<AppendResult>> appended =
                store.append(List.of(writer.append("text"))).toCompletableFuture();
        assertThat(appended).isNotDone();
        scheduled.remove(0).run();
        assertThat(appended).isCompletedWithValue(List.of(AppendResult.STORED));
    }

    @Test
    void calls_take_effect_in_their_order_though_the_executor_runs_them_in_another() {
        MemoryOperationStore store = new MemoryOperationStore(scheduled::add);
        LogWriter writer = LogWriter.of("tenant", "conversation");
        CompletionStage<List<AppendResult>> first = store.append(List.of(writer.append("1")));
        CompletionStage<List<AppendResult>> second = store.append(List.of(writer.append("2")));
        CompletionStage<StoredConversation> loaded = store.load(writer.key());
        while (!scheduled.isEmpty()) {
            scheduled.remove(scheduled.size() - 1).run();
        }
        assertThat(await(first)).containsExactly(AppendResult.STORED);
        assertThat(await(second)).containsExactly(AppendResult.STORED);
        assertThat(await(loaded).entries()).hasSize(2);
    }

    @Test
    void a_killed_gateway_leaves_what_took_effect_and_no_answer_to_the_rest() {
        MemoryOperationStore store = new MemoryOperationStore(scheduled::add);
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store.append(List.of(writer.append("1")));
        CompletableFuture<List<AppendResult>> lost =
                store.append(List.of(writer.append("2"))).toCompletableFuture();
        scheduled.remove(0).run();

        MemoryOperationStore next = store.restarted(Runnable::run);
        scheduled.forEach(Runnable::run);

        assertThat(lost).isNotDone();
        assertThat(await(next.load(writer.key())).entries()).hasSize(1);
    }

    @Test
    void a_call_made_from_a_callback_waits_until_the_callback_is_done() {
        MemoryOperationStore store = new MemoryOperationStore(Runnable::run);
        LogWriter writer = LogWriter.of("tenant", "conversation");
        List<String> order = new ArrayList<>();
        store.append(List.of(writer.append("1"))).thenAccept(first -> order.add("first"));
        store.load(writer.key())
                .thenAccept(stored -> order.add("loaded " + stored.entries().size()));
        assertThat(order).containsExactly("first", "loaded 1");

        MemoryOperationStore later = new MemoryOperationStore(scheduled::add);
        later.load(writer.key()).thenAccept(stored -> {
            later.load(writer.key()).thenAccept(again -> order.add("nested"));
            scheduled.remove(0).run();
            order.add("outer");
        });
        scheduled.remove(0).run();
        assertThat(order).containsExactly("first", "loaded 1", "outer", "nested");
    }
}

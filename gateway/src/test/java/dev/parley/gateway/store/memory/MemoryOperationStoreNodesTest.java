package dev.parley.gateway.store.memory;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.SharedStoreContract;
import dev.parley.gateway.store.StoredConversation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryOperationStoreNodesTest extends SharedStoreContract {
    private final List<Runnable> announcements = new ArrayList<>();
    private final MemoryOperationStore first = new MemoryOperationStore(Runnable::run);
    private final MemoryOperationStore second = first.beside(Runnable::run, announcements::add);
    private final LogWriter writer = LogWriter.of("tenant", "conversation");
    private final ConversationKey key = writer.key();

    @Override
    protected OperationStore first() {
        return first;
    }

    @Override
    protected OperationStore second() {
        return second;
    }

    @Test
    void announcements_come_when_the_script_says_so_and_to_the_other_nodes_alone() {
        List<Long> heard = new ArrayList<>();
        second.watch(key, heard::add);
        await(first.append(List.of(writer.append("a"))));
        await(second.append(List.of(writer.append("b"))));
        assertThat(heard).isEmpty();
        assertThat(announcements).hasSize(1);
        announcements.get(0).run();
        announcements.get(0).run();
        assertThat(heard).containsExactly(1L, 1L);
    }

    @Test
    void a_lost_tail_takes_rows_summary_and_erasures_with_it() {
        await(first.append(List.of(writer.append("a", "b"))));
        StoredConversation before = await(second.load(key));
        LogWriter here = writer.copy();
        await(first.append(List.of(LogWriter.with(
                writer.append("c"),
                writer.snapshot(0, 0),
                LogWriter.erasure(before.entries().get(0))))));
        await(first.append(List.of(writer.append("d"))));

        assertThat(first.loseTail(key, 2)).isEqualTo(2);

        StoredConversation after = await(second.load(key));
        assertThat(after).usingRecursiveComparison().isEqualTo(before);
        assertThat(await(second.append(List.of(writer.append("e"))))).containsExactly(AppendResult.CONFLICT);
        assertThat(await(second.append(List.of(here.append("f"))))).containsExactly(AppendResult.STORED);
        assertThat(first.loseTail(key, 100)).isEqualTo(2);
        assertThat(await(second.load(key)).end().revision()).isZero();
    }
}

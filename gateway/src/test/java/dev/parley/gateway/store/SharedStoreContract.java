package dev.parley.gateway.store;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What {@link OperationStore} promises beyond {@link OperationStoreContract} where several nodes share an engine. */
public abstract class SharedStoreContract {
    private static final ConversationKey KEY = new ConversationKey("tenant", "conversation");
    private static final long HINT_SECONDS = 60;

    /** What one node has of the engine. */
    protected abstract OperationStore first();

    /** What another one has of the same engine. */
    protected abstract OperationStore second();

    private static AppendResult append(OperationStore store, Append append) {
        return await(store.append(List.of(append))).get(0);
    }

    private static Append rows(Position expected, List<OutboxRow> answered, List<OutboxRow> expired) {
        return new Append(KEY, expected, List.of(), answered, expired, null, null, List.of());
    }

    private static OutboxRow rejection(String outbox, long seq) {
        return new OutboxRow("ann", outbox, seq, seq * 31, 7, 0, RejectCode.FORBIDDEN);
    }

    @Test
    void what_one_node_appends_the_other_reads() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        assertThat(append(first(), writer.append("a"))).isEqualTo(AppendResult.STORED);
        assertThat(await(second().load(KEY)).entries()).hasSize(1);
        assertThat(append(second(), writer.append("b"))).isEqualTo(AppendResult.STORED);
        assertThat(await(first().read(KEY, 0, 2))).hasSize(2);
    }

    @Test
    void of_two_appends_at_one_position_the_second_leaves_no_trace() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        LogWriter other = writer.copy();
        assertThat(append(first(), writer.append("a"))).isEqualTo(AppendResult.STORED);
        assertThat(append(second(), other.append("b"))).isEqualTo(AppendResult.CONFLICT);
        assertThat(await(first().load(KEY)).end()).isEqualTo(writer.chain());
    }

    @Test
    void an_append_to_a_log_of_the_same_length_and_another_chain_is_a_conflict() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        LogWriter other = writer.copy();
        append(first(), writer.append("a"));
        other.append("b");
        assertThat(append(second(), other.append("c"))).isEqualTo(AppendResult.CONFLICT);
    }

    @Test
    void an_outbox_that_the_other_node_answered_up_to_there_is_a_conflict_for_the_whole_append() {
        assertThat(append(first(), rows(Position.START, List.of(rejection("o", 2)), List.of())))
                .isEqualTo(AppendResult.STORED);
        for (long seq = 1; seq <= 2; seq++) {
            List<OutboxRow> answered = List.of(rejection("other", 1), rejection("o", seq));
            assertThat(append(second(), rows(Position.START, answered, List.of())))
                    .isEqualTo(AppendResult.CONFLICT);
        }
        assertThat(await(second().load(KEY)).outboxRows()).containsExactly(rejection("o", 2));
        assertThat(append(second(), rows(Position.START, List.of(rejection("o", 3)), List.of())))
                .isEqualTo(AppendResult.STORED);
    }

    @Test
    void the_same_number_of_another_subject_is_no_conflict() {
        OutboxRow ofBob = new OutboxRow("bob", "o", 1, 1, 7, 0, RejectCode.FORBIDDEN);
        append(first(), rows(Position.START, List.of(rejection("o", 1)), List.of()));
        assertThat(append(second(), rows(Position.START, List.of(ofBob), List.of())))
                .isEqualTo(AppendResult.STORED);
    }

    @Test
    void an_outbox_that_expired_begins_again_unless_the_other_node_used_it_since() {
        append(first(), rows(Position.START, List.of(rejection("o", 4)), List.of()));
        append(first(), rows(Position.START, List.of(rejection("o", 5)), List.of()));
        Append again = rows(Position.START, List.of(rejection("o", 1)), List.of(rejection("o", 4)));
        assertThat(append(second(), again)).isEqualTo(AppendResult.CONFLICT);
        append(second(), rows(Position.START, List.of(rejection("p", 1)), List.of(rejection("o", 4))));
        assertThat(await(second().load(KEY)).outboxRows()).contains(rejection("o", 5));
        Append rightly = rows(Position.START, List.of(rejection("o", 1)), List.of(rejection("o", 5)));
        assertThat(append(second(), rightly)).isEqualTo(AppendResult.STORED);
        assertThat(await(second().load(KEY)).outboxRows()).contains(rejection("o", 1));
    }

    @Test
    void who_watches_hears_of_the_other_nodes_appends_until_it_closes() throws InterruptedException {
        BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        BlockingQueue<Long> unheard = new LinkedBlockingQueue<>();
        LogWriter writer = LogWriter.of("tenant", "conversation");
        OperationStore.Watch closed = first().watch(KEY, unheard::add);
        closed.close();
        try (OperationStore.Watch watch = first().watch(KEY, heard::add)) {
            assertThat(watch).isNotSameAs(OperationStore.Watch.NONE);
            append(second(), writer.append("a", "b"));
            for (long revision = 0; revision < 2; ) {
                Long next = heard.poll(HINT_SECONDS, TimeUnit.SECONDS);
                assertThat(next).as("a hint within a minute").isNotNull().isLessThanOrEqualTo(2);
                revision = next;
            }
        }
        assertThat(unheard).isEmpty();
    }
}

package dev.parley.gateway.store;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.FaultyOperationStore.Fault;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private Fault fault = Fault.NONE;
    private long nowMillis = 100 * DAY_MILLIS;
    private final FaultyOperationStore store =
            new FaultyOperationStore(new MemoryOperationStore(Runnable::run), () -> fault);
    private final Retention retention = new Retention(store, KEPT, () -> Instant.ofEpochMilli(nowMillis));

    /** One entry a day from the first, and a snapshot after {@code snapshot} of them. */
    private ConversationKey log(String conversation, int firstDay, int days, int snapshot) {
        LogWriter writer = LogWriter.of("shop", conversation);
        for (int i = 0; i < days; i++) {
            writer.at((firstDay + i) * DAY_MILLIS);
            append(writer.append("text"));
            if (i + 1 == snapshot) {
                append(writer.snapshotAlone(0, 0));
            }
        }
        return writer.key();
    }

    private void append(Append append) {
        assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
    }

    private long horizon(ConversationKey key) {
        return await(store.load(key)).horizon().revision();
    }

    @Test
    void what_is_older_than_logs_are_kept_goes_and_what_is_younger_stays() {
        for (int days = 1; days <= 60; days++) {
            log("of " + days, 50, days, days);
        }

        for (int turn = 0; turn < 3; turn++) {
            retention.turn();
        }

        for (int days = 1; days <= 60; days++) {
            assertThat(horizon(new ConversationKey("shop", "of " + days)))
                    .as("after %s days, of which 20 are too old", days)
                    .isEqualTo(Math.min(days, 20));
        }
    }

    @Test
    void what_no_snapshot_covers_stays() {
        ConversationKey some = log("some", 1, 20, 5);
        ConversationKey none = log("none", 1, 20, 0);

        retention.turn();

        assertThat(horizon(some)).isEqualTo(5);
        assertThat(horizon(none)).isZero();
    }

    @Test
    void a_turn_does_a_bounded_part_of_the_walk_and_the_next_goes_on() {
        List<ConversationKey> logs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            logs.add(log("chat " + i, 1, 3, 3));
        }

        int before = 0;
        for (int turn = 0; turn < 4; turn++) {
            retention.turn();
            int cut = (int) logs.stream().filter(key -> horizon(key) == 3).count();
            assertThat(cut - before).isBetween(1, 32);
            before = cut;
        }
        assertThat(before).isEqualTo(100);
    }

    @Test
    void after_a_walk_it_rests_for_an_hour() {
        retention.turn();
        ConversationKey late = log("late", 1, 3, 3);

        nowMillis += Duration.ofHours(1).toMillis() - 1;
        retention.turn();
        assertThat(horizon(late)).isZero();

        nowMillis++;
        retention.turn();
        assertThat(horizon(late)).isEqualTo(3);
    }

    @Test
    void a_store_that_is_busy_is_left_in_peace_for_a_while() {
        ConversationKey key = log("old", 1, 3, 3);
        fault = Fault.BUSY;
        retention.turn();
        fault = Fault.NONE;

        retention.turn();
        assertThat(horizon(key)).isZero();

        nowMillis += Duration.ofMinutes(1).toMillis();
        retention.turn();
        assertThat(horizon(key)).isEqualTo(3);
    }

    @Test
    void a_turn_that_is_not_over_is_not_begun_again() {
        ConversationKey key = log("old", 1, 3, 3);
        fault = Fault.HELD;
        retention.turn();
        retention.turn();
        fault = Fault.NONE;

        assertThat(store.release()).isEqualTo(1);
        assertThat(horizon(key)).isEqualTo(3);
    }
}

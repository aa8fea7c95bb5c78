package dev.parley.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What everything that nodes share has to promise. */
public abstract class EphemeralContract {
    private static final int WAIT_SECONDS = 30;
    private static final long LEASE_MILLIS = 1_000;

    /** Without fences and leases; the same on each call. */
    protected abstract Ephemeral ephemeral();

    /** Lets time pass for leases. */
    protected abstract void pass(long millis) throws InterruptedException;

    /** Returns when whoever listens is listened for, and the messages under way have arrived. */
    protected abstract void settle() throws InterruptedException;

    @Test
    void fences_of_a_name_rise() throws Exception {
        long first = get(ephemeral().fence("a"));

        assertThat(get(ephemeral().fence("a"))).isGreaterThan(first);
        assertThat(get(ephemeral().fence("b"))).isPositive();
    }

    @Test
    void the_newest_fence_of_a_name_is_the_largest_that_was_given_or_claimed() throws Exception {
        long older = get(ephemeral().fence("a"));
        long newer = get(ephemeral().fence("a"));

        assertThat(get(ephemeral().newestFence("a", older))).isEqualTo(newer);
        assertThat(get(ephemeral().newestFence("a", newer))).isEqualTo(newer);
        assertThat(get(ephemeral().newestFence("a", newer + 1_000_000))).isEqualTo(newer + 1_000_000);
        assertThat(get(ephemeral().fence("a"))).isGreaterThan(newer + 1_000_000);
    }

    @Test
    void of_a_name_that_nobody_knows_what_is_claimed_is_the_newest() throws Exception {
        assertThat(get(ephemeral().newestFence("a", 1_700_000_000_123L))).isEqualTo(1_700_000_000_123L);
        assertThat(get(ephemeral().newestFence("a", 5))).isEqualTo(1_700_000_000_123L);
    }

    @Test
    void a_lease_is_renewed_by_its_fence_and_taken_by_a_larger_one_only() throws Exception {
        assertThat(get(ephemeral().hold("p/a", 2, LEASE_MILLIS))).isTrue();
        assertThat(get(ephemeral().hold("p/a", 2, LEASE_MILLIS))).isTrue();
        assertThat(get(ephemeral().hold("p/a", 1, LEASE_MILLIS))).isFalse();
        assertThat(get(ephemeral().hold("p/a", 3, LEASE_MILLIS))).isTrue();
        assertThat(get(ephemeral().hold("p/a", 2, LEASE_MILLIS))).isFalse();
        assertThat(get(ephemeral().leases("p/"))).containsEntry("p/a", 3L).hasSize(1);
    }

    @Test
    void a_lease_that_ran_out_is_not_renewed_under_its_fence() throws Exception {
        get(ephemeral().hold("p/a", 1, LEASE_MILLIS));
        get(ephemeral().hold("q/b", 1, LEASE_MILLIS));
        assertThat(get(ephemeral().leases("p/"))).containsOnlyKeys("p/a");
        pass(LEASE_MILLIS + 100);

        assertThat(get(ephemeral().leases("p/"))).isEmpty();
        assertThat(get(ephemeral().hold("p/a", 1, LEASE_MILLIS))).isFalse();
        assertThat(get(ephemeral().hold("p/a", 2, LEASE_MILLIS))).isTrue();
    }

    @Test
    void a_lease_is_released_by_who_has_it() throws Exception {
        get(ephemeral().hold("p/a", 2, LEASE_MILLIS));
        ephemeral().release("p/a", 1);
        assertThat(get(ephemeral().leases("p/"))).containsOnlyKeys("p/a");
        ephemeral().release("p/a", 2);

        assertThat(get(ephemeral().leases("p/"))).isEmpty();
        assertThat(get(ephemeral().hold("p/a", 2, LEASE_MILLIS))).isFalse();
    }

    @Test
    void a_value_is_taken_once_and_in_time() throws Exception {
        get(ephemeral().put("v/a", new byte[] {1}, 60_000));
        get(ephemeral().put("v/b", new byte[] {2}, LEASE_MILLIS));
        assertThat(get(ephemeral().take("v/a"))).containsExactly(1);
        assertThat(get(ephemeral().take("v/a"))).isNull();
        pass(LEASE_MILLIS + 100);

        assertThat(get(ephemeral().take("v/b"))).isNull();
        assertThat(get(ephemeral().take("v/c"))).isNull();
    }

    @Test
    void of_many_who_take_a_value_at_once_one_gets_it() throws Exception {
        get(ephemeral().put("v/a", new byte[] {1}, 60_000));
        List<CompletionStage<byte @Nullable []>> taken = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            taken.add(ephemeral().take("v/a"));
        }
        int got = 0;
        for (CompletionStage<byte @Nullable []> each : taken) {
            got += get(each) == null ? 0 : 1;
        }

        assertThat(got).isEqualTo(1);
    }

    @Test
    void a_message_reaches_who_listens_to_its_channel_until_it_stops() throws Exception {
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        Ephemeral.Subscription one = ephemeral().subscribe("x", message -> heard.add((int) message[0]));
        Ephemeral.Subscription two = ephemeral().subscribe("x", message -> heard.add(10 + message[0]));
        settle();
        ephemeral().publish("x", new byte[] {1});
        ephemeral().publish("y", new byte[] {2});
        settle();
        one.close();
        ephemeral().publish("x", new byte[] {3});
        settle();
        two.close();

        assertThat(heard).containsExactlyInAnyOrder(1, 11, 13);
    }

    private static <T extends @Nullable Object> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}

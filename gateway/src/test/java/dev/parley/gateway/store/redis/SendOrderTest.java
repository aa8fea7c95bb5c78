package dev.parley.gateway.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.ConversationKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SendOrderTest {
    private static final ConversationKey A = new ConversationKey("tenant", "a");
    private static final ConversationKey B = new ConversationKey("tenant", "b");
    private static final ConversationKey C = new ConversationKey("tenant", "c");

    private final SendOrder order = new SendOrder();
    private final List<String> started = new ArrayList<>();
    private final Map<String, CompletableFuture<Void>> sending = new HashMap<>();

    private void add(String name, ConversationKey... keys) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        sending.put(name, sent);
        order.add(Set.of(keys), () -> start(name, sent));
    }

    private CompletionStage<?> start(String name, CompletionStage<?> sent) {
        started.add(name);
        return sent;
    }

    private void sent(String name) {
        Objects.requireNonNull(sending.get(name)).complete(null);
    }

    @Test
    void calls_of_one_conversation_start_in_their_order_when_the_one_before_is_sent() {
        add("1", A);
        add("2", A);
        add("3", A);
        assertThat(started).containsExactly("1");
        sent("1");
        assertThat(started).containsExactly("1", "2");
        sent("2");
        assertThat(started).containsExactly("1", "2", "3");
    }

    @Test
    void a_call_does_not_wait_for_one_of_another_conversation() {
        add("1", A);
        add("2", B);
        assertThat(started).containsExactly("1", "2");
    }

    @Test
    void a_call_of_several_conversations_waits_for_all_of_them_and_all_of_them_for_it() {
        add("a", A);
        add("b", B);
        add("both", A, B);
        add("after", B, C);
        add("alone", C);
        sent("b");
        assertThat(started).containsExactly("a", "b");
        sent("a");
        assertThat(started).containsExactly("a", "b", "both");
        sent("both");
        assertThat(started).containsExactly("a", "b", "both", "after");
        sent("after");
        assertThat(started).containsExactly("a", "b", "both", "after", "alone");
    }

    @Test
    void one_that_could_not_be_sent_lets_the_next_begin() {
        add("1", A);
        add("2", A);
        Objects.requireNonNull(sending.get("1")).completeExceptionally(new IllegalStateException("not sent"));
        assertThat(started).containsExactly("1", "2");
    }

    @Test
    void nothing_is_kept_of_a_conversation_without_calls() {
        add("1", A);
        add("2", A, B);
        add("3", B);
        assertThat(order.conversations()).isEqualTo(2);
        sent("1");
        sent("2");
        assertThat(order.conversations()).isEqualTo(1);
        sent("3");
        assertThat(order.conversations()).isZero();
    }

    @Test
    void a_line_may_be_longer_than_the_stack() {
        add("first", A);
        IntStream.range(0, 100_000)
                .forEach(i -> order.add(
                        Set.of(A), () -> start(Integer.toString(i), CompletableFuture.completedFuture(null))));
        sent("first");
        assertThat(started).hasSize(100_001);
        assertThat(order.conversations()).isZero();
    }
}

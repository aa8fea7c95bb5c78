package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.SessionRegistry.Leadership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {
    private static final Principal VERA = principal("shop", "vera", Role.VISITOR);
    private static final String SESSION = "browser";

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private SessionRegistry<String> registry = new SessionRegistry<>(() -> now);

    @Test
    void eachLeadershipHasALargerFenceAndTakesOverFromTheOneBefore() {
        Leadership<String> first = begins("one", 0);
        Leadership<String> second = begins("two", 0);
        Leadership<String> third = begins("three", 0);

        assertThat(first.superseded()).isNull();
        assertThat(second.superseded()).isEqualTo("one");
        assertThat(third.superseded()).isEqualTo("two");
        assertThat(List.of(first.fence(), second.fence(), third.fence()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void whoLeadsGoesOnWithItsFenceAndSupersedesItsOwnOlderSocket() {
        long fence = begins("older", 0).fence();
        Leadership<String> again = begins("newer", fence);

        assertThat(again.fence()).isEqualTo(fence);
        assertThat(again.superseded()).isEqualTo("older");
        assertThat(registry.connectionsOf(VERA)).contains("newer");
    }

    @Test
    void whoLedBeforeIsRefusedWhetherTheNewLeaderIsConnectedOrNot() {
        long old = begins("old", 0).fence();
        long fence = begins("new", 0).fence();
        assertThat(register(VERA, "old again", old)).isNull();
        assertThat(registry.connectionsOf(VERA)).doesNotContain("old again");
        assertThat(registry.all()).containsExactly("new");

        registry.unregister(VERA, SESSION, "new");
        assertThat(register(VERA, "old again", old)).isNull();
        assertThat(begins("new again", fence).fence()).isEqualTo(fence);
    }

    @Test
    void aSupersededConnectionThatEndsTakesNothingFromItsSuccessor() {
        begins("old", 0);
        long fence = begins("new", 0).fence();
        registry.unregister(VERA, SESSION, "old");

        assertThat(registry.all()).containsExactly("new");
        assertThat(begins("new again", fence).superseded()).isEqualTo("new");
    }

    @Test
    void aSessionIsForgottenAnHourAfterItsLastConnectionAndAFenceIsTakenAsTheNewestThen() {
        long old = begins("old", 0).fence();
        long fence = begins("new", 0).fence();
        registry.unregister(VERA, SESSION, "new");
        now = now.plus(Duration.ofMinutes(59));
        assertThat(register(VERA, "old again", old)).isNull();

        now = now.plus(Duration.ofMinutes(1));
        assertThat(begins("old again", old).fence()).isEqualTo(old);
        assertThat(begins("newest", 0).fence()).isEqualTo(old + 1);
        assertThat(register(VERA, "new again", fence + 1)).isNull();
    }

    @Test
    void aSessionWithAConnectionIsNeverForgotten() {
        long old = begins("old", 0).fence();
        begins("new", 0);
        now = now.plus(Duration.ofDays(365));

        assertThat(register(VERA, "old again", old)).isNull();
    }

    @Test
    void theFencesOfASessionThatWasForgottenGoOnPastThoseItHad() {
        long last = 0;
        for (int i = 0; i < 1_000; i++) {
            last = begins("connection " + i, 0).fence();
            now = now.plusMillis(2);
        }

        registry = new SessionRegistry<>(() -> now);
        assertThat(begins("after a restart", 0).fence()).isGreaterThan(last);
    }

    @Test
    void theSameSessionOfAnotherPrincipalIsAnotherSession() {
        long fence = begins("vera", 0).fence();
        now = now.plusSeconds(1);
        for (Principal other :
                List.of(principal("shop", "victor", Role.VISITOR), principal("other shop", "vera", Role.VISITOR))) {
            Leadership<String> theirs = begins(other, "other", 0);
            assertThat(theirs.superseded()).isNull();
            assertThat(theirs.fence()).isNotEqualTo(fence + 1);
        }
        assertThat(registry.all()).contains("vera");
    }

    @Test
    void aFreshTokenOfAnotherRoleMovesTheConnectionAndKeepsTheSession() {
        Principal agent = principal("shop", "vera", Role.AGENT);
        long fence = begins("connection", 0).fence();
        registry.move(VERA, agent, "connection");

        assertThat(registry.visitor("shop", "vera")).isEmpty();
        assertThat(registry.connectionsOf(agent)).containsExactly("connection");
        assertThat(begins("again", fence).superseded()).isEqualTo("connection");
    }

    @Test
    void ofManyThatLeadAtOnceEachHasItsOwnFenceAndTheNewestStays() {
        List<CompletableFuture<Leadership<String>>> begun = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String connection = "connection " + i;
            begun.add(CompletableFuture.supplyAsync(() -> begins(connection, 0)));
        }
        List<Long> fences = begun.stream().map(each -> each.join().fence()).toList();

        assertThat(fences).doesNotHaveDuplicates();
        assertThat(registry.all()).hasSize(1);
        long newest = fences.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(begins("again", newest).superseded()).isEqualTo("connection " + fences.indexOf(newest));
    }

    private Leadership<String> begins(String connection, long fence) {
        return begins(VERA, connection, fence);
    }

    private Leadership<String> begins(Principal principal, String connection, long fence) {
        Leadership<String> leadership = register(principal, connection, fence);
        if (leadership == null) {
            throw new AssertionError(connection + " was refused");
        }
        return leadership;
    }

    private @Nullable Leadership<String> register(Principal principal, String connection, long fence) {
        return registry.register(principal, SESSION, fence, connection);
    }

    private static Principal principal(String tenant, String subject, Role role) {
        return new Principal(tenant, new Author(subject, role, ""), Long.MAX_VALUE);
    }
}

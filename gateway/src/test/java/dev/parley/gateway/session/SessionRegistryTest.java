package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionRegistryTest {
    private static final Principal VERA = principal("shop", "vera", Role.VISITOR);
    private static final String SESSION = "browser";

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private MemoryEphemeral shared = new MemoryEphemeral(() -> now, Runnable::run);
    private List<String> superseded = Collections.synchronizedList(new ArrayList<>());
    private SessionRegistry<String> registry = node();

    @Test
    void eachLeadershipHasALargerFenceAndTakesOverFromTheOneBefore() {
        long first = begins("one", 0);
        assertThat(superseded).isEmpty();
        long second = begins("two", 0);
        assertThat(superseded).contains("one").doesNotContain("two");
        long third = begins("three", 0);

        assertThat(superseded).contains("two").doesNotContain("three");
        assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whoLeadsGoesOnWithItsFenceAndSupersedesItsOwnOlderSocket() {
        long fence = begins("older", 0);

        assertThat(begins("newer", fence)).isEqualTo(fence);
        assertThat(superseded).containsExactly("older");
        assertThat(registry.visitor("shop", "vera")).contains("newer");
    }

    @Test
    void whoLedBeforeIsRefusedWhetherTheNewLeaderIsConnectedOrNot() {
        long old = begins("old", 0);
        long fence = begins("new", 0);
        registry.unregister(VERA, SESSION, "old");
        assertThat(register(VERA, "old again", old)).isNull();
        assertThat(registry.visitor("shop", "vera")).containsExactly("new");

        registry.unregister(VERA, SESSION, "new");
        assertThat(register(VERA, "old again", old)).isNull();
        assertThat(begins("new again", fence)).isEqualTo(fence);
    }

    @Test
    void aSupersededConnectionThatEndsTakesNothingFromItsSuccessor() {
        begins("old", 0);
        long fence = begins("new", 0);
        registry.unregister(VERA, SESSION, "old");

        assertThat(registry.all()).containsExactly("new");
        superseded.clear();
        begins("new again", fence);
        assertThat(superseded).containsExactly("new");
    }

    @Test
    void aLeadershipThatBeganWhileAnOlderOneWasAskingIsLeftInPeace() {
        long older =
                registry.newestFence(VERA, SESSION, 0).toCompletableFuture().join();
        begins("newer", 0);

        assertThat(registry.register(VERA, SESSION, older, "older")).isFalse();
        assertThat(superseded).isEmpty();
        assertThat(registry.all()).containsExactly("newer");
    }

    @Test
    void aSessionIsForgottenAnHourAfterItWasLastAskedAboutAndAFenceIsTakenAsTheNewestThen() {
        long old = begins("old", 0);
        registry.unregister(VERA, SESSION, "old");
        begins("new", 0);
        registry.unregister(VERA, SESSION, "new");
        now = now.plus(Duration.ofMinutes(59));
        assertThat(register(VERA, "old again", old)).isNull();

        now = now.plus(Duration.ofMinutes(60));
        assertThat(begins("old again", old)).isEqualTo(old);
        assertThat(begins("newest", 0)).isGreaterThan(now.toEpochMilli() - 1);
    }

    @Test
    void aFenceThatIsLargerThanTheNewestKnownShowsThatThatWasLost() {
        long lost = begins("leads", 0) + 1;

        assertThat(begins("led last", lost)).isEqualTo(lost);
        assertThat(begins("next", 0)).isGreaterThan(lost);
    }

    @Test
    void aSessionWithAConnectionIsNeverForgotten() {
        long old = begins("old", 0);
        begins("new", 0);
        now = now.plus(Duration.ofDays(365));

        assertThat(register(VERA, "old again", old)).isNull();
    }

    @Test
    void theFencesOfASessionThatWasForgottenGoOnPastThoseItHad() {
        long last = 0;
        for (int i = 0; i < 1_000; i++) {
            last = begins("connection " + i, 0);
            now = now.plusMillis(2);
        }

        shared = new MemoryEphemeral(() -> now, Runnable::run);
        registry = node();
        assertThat(begins("after a restart", 0)).isGreaterThan(last);
    }

    @Test
    void theSameSessionOfAnotherPrincipalIsAnotherSession() {
        begins("vera", 0);
        for (Principal other :
                List.of(principal("shop", "victor", Role.VISITOR), principal("other shop", "vera", Role.VISITOR))) {
            register(other, "other", 0);
        }
        assertThat(superseded).isEmpty();
        assertThat(registry.all()).contains("vera");
    }

    @Test
    void aFreshTokenOfAnotherRoleMovesTheConnectionAndKeepsTheSession() {
        Principal agent = principal("shop", "vera", Role.AGENT);
        long fence = begins("connection", 0);
        registry.move(VERA, agent, "connection");

        assertThat(registry.visitor("shop", "vera")).isEmpty();
        assertThat(registry.all()).containsExactly("connection");
        begins("again", fence);
        assertThat(superseded).containsExactly("connection");
    }

    @Test
    void ofManyThatLeadAtOnceEachHasItsOwnFenceAndTheNewestStays() {
        List<CompletableFuture<Long>> begun = new ArrayList<>();
        List<SessionRegistry<String>> nodes = List.of(registry, node(), node());
        for (int i = 0; i < 200; i++) {
            String connection = "connection " + i;
            SessionRegistry<String> node = nodes.get(i % nodes.size());
            begun.add(CompletableFuture.supplyAsync(() -> {
                long fence =
                        node.newestFence(VERA, SESSION, 0).toCompletableFuture().join();
                if (!node.register(VERA, SESSION, fence, connection)) {
                    superseded.add(connection);
                }
                return fence;
            }));
        }
        List<Long> fences = begun.stream().map(CompletableFuture::join).toList();

        assertThat(fences).doesNotHaveDuplicates();
        long newest = fences.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(superseded).doesNotContain("connection " + fences.indexOf(newest));
        begins("again", newest);
        assertThat(registry.all()).containsExactly("again");
    }

    @Test
    void aNewLeadershipAtAnotherNodeSupersedesTheOneHere() {
        SessionRegistry<String> other = node();
        long first = begins("here", 0);
        long second = begins(other, "there", 0);

        assertThat(second).isGreaterThan(first);
        assertThat(superseded).containsExactly("here");
    }

    @Test
    void whoLedBeforeAtAnotherNodeIsRefused() {
        SessionRegistry<String> other = node();
        long old = begins("here", 0);
        registry.unregister(VERA, SESSION, "here");
        begins(other, "there", 0);

        assertThat(register(registry, VERA, "here again", old)).isNull();
        assertThat(register(other, VERA, "there again", old)).isNull();
        assertThat(superseded).isEmpty();
        assertThat(other.all()).containsExactly("there");
    }

    @Test
    void whoComesBackToAnotherNodeWithItsFenceGoesOnThere() {
        long fence = begins("here", 0);
        registry.unregister(VERA, SESSION, "here");

        assertThat(begins(node(), "there", fence)).isEqualTo(fence);
        assertThat(superseded).isEmpty();
    }

    @Test
    void anAnnouncementThatWasLostIsMadeUpForWhenTheNodeAsksAgain() {
        AbsentEphemeral lossy = new AbsentEphemeral(shared);
        registry = new SessionRegistry<>(lossy, superseded::add);
        long old = begins("here", 0);
        lossy.leave();
        long fence = begins(node(), "there", 0);
        lossy.comeBack();

        assertThat(superseded).isEmpty();
        assertThat(registry.newestFence(VERA, SESSION, old)
                        .toCompletableFuture()
                        .join())
                .isEqualTo(fence);
    }

    @Test
    void nobodyGetsAFenceWhileWhatNodesShareIsAway() {
        AbsentEphemeral away = new AbsentEphemeral(shared);
        registry = new SessionRegistry<>(away, superseded::add);
        away.leave();
        CompletionStage<Long> fence = registry.newestFence(VERA, SESSION, 0);
        assertThat(fence.toCompletableFuture()).isNotDone();
        away.timeOut();

        assertThat(fence.toCompletableFuture()).isCompletedExceptionally();
    }

    private SessionRegistry<String> node() {
        return new SessionRegistry<>(shared, superseded::add);
    }

    private long begins(String connection, long fence) {
        return begins(registry, connection, fence);
    }

    private static long begins(SessionRegistry<String> node, String connection, long fence) {
        Long granted = register(node, VERA, connection, fence);
        if (granted == null) {
            throw new AssertionError(connection + " was refused");
        }
        return granted;
    }

    private @Nullable Long register(Principal principal, String connection, long fence) {
        return register(registry, principal, connection, fence);
    }

    /** As a connection does. */
    private static @Nullable Long register(
            SessionRegistry<String> node, Principal principal, String connection, long fence) {
        long newest = node.newestFence(principal, SESSION, fence)
                .toCompletableFuture()
                .join();
        boolean isRefused = fence != 0 && newest > fence;
        return isRefused || !node.register(principal, SESSION, newest, connection) ? null : newest;
    }

    private static Principal principal(String tenant, String subject, Role role) {
        return new Principal(tenant, new Author(subject, role, ""), Long.MAX_VALUE);
    }
}

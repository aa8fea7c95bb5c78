package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

class AccountsTest {
    private static final int PER_SECOND = 100;
    private static final int BURST = 200;
    private static final int CONNECTIONS = 4;
    private static final int BEAT_MILLIS = 200;
    private static final int ROUND_SECONDS =
            (int) TimeUnit.MILLISECONDS.toSeconds(Accounts.TURNS * Accounts.WINDOW_MILLIS) + 2;
    private static final Principal VERA = principal("shop", "vera");

    private final Limits limits = Limits.DEFAULT.withCounted(PER_SECOND, BURST, CONNECTIONS, 2);
    private long nowMillis = 1_767_225_600_000L;
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis);
    private final Queue<Runnable> onTheWay = new ArrayDeque<>();
    private final MemoryEphemeral shared = new MemoryEphemeral(clock, onTheWay::add);
    private final List<AbsentEphemeral> ways = new ArrayList<>();
    private final List<Accounts> nodes = new ArrayList<>();
    private final Accounts a = node();
    private final Accounts b = node();

    private static Principal principal(String tenant, String subject) {
        return new Principal(tenant, new Author(subject, Role.VISITOR, ""), Long.MAX_VALUE);
    }

    private Accounts node() {
        AbsentEphemeral way = new AbsentEphemeral(shared);
        Accounts node = new Accounts(nodes.size() + 1, way, limits, clock);
        ways.add(way);
        nodes.add(node);
        return node;
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += BEAT_MILLIS) {
            nowMillis += BEAT_MILLIS;
            nodes.forEach(Accounts::beat);
            deliver();
        }
    }

    private void deliver() {
        while (!onTheWay.isEmpty()) {
            onTheWay.remove().run();
        }
    }

    /** As many operations as are let through at once. */
    private static int takeAll(Accounts node, Principal principal) {
        int taken = 0;
        while (node.takeOrWaitMillis(principal, 1) == 0) {
            taken++;
        }
        return taken;
    }

    private static List<Account> connectAll(Accounts node, Principal principal) {
        List<Account> connected = new ArrayList<>();
        for (Account one = node.connect(principal, false); one != null; one = node.connect(principal, false)) {
            connected.add(one);
        }
        return connected;
    }

    @Test
    void aBurstIsLetThroughAndWhoWaitsAsLongAsItWasToldGoesOn() {
        assertThat(takeAll(a, VERA)).isEqualTo(BURST);
        long waitMillis = a.takeOrWaitMillis(VERA, 64);
        assertThat(waitMillis).isEqualTo(640);
        nowMillis += waitMillis - 1;
        assertThat(a.takeOrWaitMillis(VERA, 64)).isPositive();
        nowMillis += 1;

        assertThat(a.takeOrWaitMillis(VERA, 64)).isZero();
        assertThat(a.counters().operationsRefused()).isEqualTo(3);
    }

    @Test
    void whoFlushesAThousandOperationsGetsThroughByWaiting() {
        long beganMillis = nowMillis;
        for (int i = 0; i < 1_000; i++) {
            for (long wait = a.takeOrWaitMillis(VERA, 1); wait > 0; wait = a.takeOrWaitMillis(VERA, 1)) {
                nowMillis += wait;
            }
        }

        assertThat(nowMillis - beganMillis).isBetween(8_000L, 8_100L);
    }

    @Test
    void aSubmissionThatClaimsMoreThanEverFitsCostsTheWholeBurstAndNoMore() {
        assertThat(a.takeOrWaitMillis(VERA, Integer.MAX_VALUE)).isZero();
        assertThat(a.takeOrWaitMillis(VERA, 1)).isPositive();
    }

    @Test
    void aTenantsVisitorsAndOtherTenantsVisitorsDoNotShareTheirLimits() {
        takeAll(a, VERA);
        connectAll(a, VERA);

        for (Principal other : List.of(principal("shop", "victor"), principal("bank", "vera"))) {
            assertThat(takeAll(a, other)).isEqualTo(BURST);
            assertThat(connectAll(a, other)).hasSize(CONNECTIONS);
        }
    }

    @Test
    void withoutLimitsNothingIsRefused() {
        Accounts free = new Accounts(9, shared, Limits.DEFAULT.withCounted(0, 0, 0, 0), clock);
        for (int i = 0; i < 10 * BURST; i++) {
            assertThat(free.takeOrWaitMillis(VERA, 64)).isZero();
            assertThat(free.connect(VERA, false)).isNotNull();
        }
        assertThat(free.countsAddresses()).isFalse();
    }

    @Test
    void aConnectionThatEndsMakesRoomAndOneThatReplacesAnotherNeedsNone() {
        List<Account> connected = connectAll(a, VERA);
        assertThat(connected).hasSize(CONNECTIONS);
        assertThat(a.counters().principalsRefused()).isEqualTo(1);

        assertThat(a.connect(VERA, true)).isNotNull();
        connected.get(0).disconnect();
        assertThat(a.connect(VERA, false)).isNull();
        connected.get(1).disconnect();
        assertThat(a.connect(VERA, false)).isNotNull();
    }

    @Test
    void addressesOfOneNetworkOfIpv6AreOne() throws Exception {
        assertThat(a.connect(InetAddress.getByName("2001:db8:1:2::1"))).isNotNull();
        assertThat(a.connect(InetAddress.getByName("2001:db8:1:2:ffff::2"))).isNotNull();
        assertThat(a.connect(InetAddress.getByName("2001:db8:1:2::3"))).isNull();
        assertThat(a.connect(InetAddress.getByName("2001:db8:1:3::1"))).isNotNull();
        assertThat(a.connect(InetAddress.getByName("192.0.2.1"))).isNotNull();
        assertThat(a.connect(InetAddress.getByName("192.0.2.2"))).isNotNull();
        assertThat(a.counters().addressesRefused()).isEqualTo(1);
    }

    @Test
    void connectionsAtAnotherNodeCountOnceTheirWindowIsOver() {
        List<Account> there = connectAll(a, VERA);
        Account here = b.connect(VERA, false);
        assertThat(here).as("in the window in which it is not told yet").isNotNull();
        pass(2 * Accounts.WINDOW_MILLIS);
        assertThat(b.connect(VERA, false)).isNull();

        there.forEach(Account::disconnect);
        pass(2 * Accounts.WINDOW_MILLIS);
        assertThat(connectAll(b, VERA)).hasSize(CONNECTIONS - 1);
    }

    @Test
    void whatPassesAtAllNodesTogetherIsTheRateButForABurstAtEach() {
        Accounts c = node();
        int seconds = 60;
        int passed = 0;
        for (int i = 0; i < 5 * seconds; i++) {
            for (Accounts node : List.of(a, b, c)) {
                passed += takeAll(node, VERA);
            }
            pass(BEAT_MILLIS);
        }

        assertThat(passed).isBetween(PER_SECOND * (seconds - 1), 3 * BURST + PER_SECOND * (seconds + 1));
    }

    @Test
    void whoGoesFromNodeToNodeTakesItsDebtAlong() {
        takeAll(a, VERA);
        pass(BEAT_MILLIS);
        int passed = 0;
        int seconds = 60;
        for (int i = 0; i < seconds; i++) {
            passed += takeAll(i % 2 == 0 ? b : a, VERA);
            pass(Accounts.WINDOW_MILLIS);
        }

        assertThat(passed).isLessThanOrEqualTo(2 * BURST + PER_SECOND * seconds);
    }

    @Test
    void whoStaysBelowTheRateAtTwoNodesIsNeverRefused() {
        for (int i = 0; i < 300; i++) {
            for (int operations = 0; operations < PER_SECOND * BEAT_MILLIS / 2_000; operations++) {
                assertThat(a.takeOrWaitMillis(VERA, 1)).isZero();
                assertThat(b.takeOrWaitMillis(VERA, 1)).isZero();
            }
            pass(BEAT_MILLIS);
        }
    }

    @Test
    void whatANodeThatWasKilledHadIsFreeWhenItsLeaseHasRunOut() {
        connectAll(a, VERA);
        Account here = b.connect(VERA, true);
        pass(2 * Accounts.WINDOW_MILLIS);
        nodes.remove(a);
        pass(Accounts.LEASE_MILLIS - Accounts.WINDOW_MILLIS);
        assertThat(b.connect(VERA, false)).isNull();
        pass(2 * Accounts.WINDOW_MILLIS);

        assertThat(connectAll(b, VERA)).hasSize(CONNECTIONS - 1);
        assertThat(here).isNotNull();
    }

    @Test
    void aNodeThatHearsNobodyCountsItsOwnAndThoseOfOthersAgainWhenItDoes() {
        connectAll(a, VERA);
        Account here = b.connect(VERA, true);
        pass(2 * Accounts.WINDOW_MILLIS);
        ways.forEach(AbsentEphemeral::leave);
        pass(Accounts.LEASE_MILLIS + Accounts.WINDOW_MILLIS);
        List<Account> more = connectAll(b, VERA);
        assertThat(more).hasSize(CONNECTIONS - 1);
        assertThat(takeAll(b, VERA)).isEqualTo(BURST);
        assertThat(takeAll(b, VERA)).isZero();

        ways.forEach(AbsentEphemeral::comeBack);
        more.forEach(Account::disconnect);
        pass(2 * Accounts.WINDOW_MILLIS);
        assertThat(b.connect(VERA, false)).isNull();
        assertThat(here).isNotNull();
    }

    @Test
    void whatNobodyHasOrDoesAnyMoreIsForgotten() {
        for (int i = 0; i < 2_500; i++) {
            Principal visitor = principal("shop", "visitor" + i);
            Account one = Objects.requireNonNull(a.connect(visitor, false));
            a.takeOrWaitMillis(visitor, BURST);
            one.disconnect();
        }
        assertThat(a.size()).isEqualTo(2_500);
        pass(20_000);

        assertThat(a.size()).isZero();
        assertThat(b.size()).isZero();
    }

    @Test
    void messagesOfAnotherFormatOrDamagedAreLeftAside() {
        connectAll(a, VERA);
        byte[] good = new AccountRows(7, 1, List.of(new AccountRow(AccountName.of(VERA), 9, 9, 9, true))).encoded();
        byte[] otherFormat = good.clone();
        otherFormat[0] = 99;
        byte[] negative = good.clone();
        for (int i = 33; i < negative.length; i++) {
            negative[i] = -1;
        }
        for (byte[] bytes : List.of(new byte[0], new byte[] {1}, otherFormat, new byte[good.length - 1])) {
            assertThat(AccountRows.decode(bytes)).isNull();
            shared.publish("accounts", bytes);
        }
        shared.publish("accounts", negative);
        deliver();

        assertThat(a.takeOrWaitMillis(VERA, 1)).isZero();
    }

    /** Messages are lost, doubled and late, nodes fall silent, and in the end each knows what all have. */
    @Test
    @ExtendWith(Seed.Resolver.class)
    void afterAQuietRoundEveryNodeKnowsWhatAllHave(Seed seed) {
        RandomGenerator random = seed.random();
        node();
        for (int round = 0; round < 20; round++) {
            converges(random);
        }
    }

    private void converges(RandomGenerator random) {
        Principal principal = principal("shop", "visitor" + random.nextLong());
        List<Account> connected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Accounts node = nodes.get(random.nextInt(nodes.size()));
            if (random.nextBoolean()) {
                Account one = node.connect(principal, true);
                if (one != null) {
                    connected.add(one);
                }
            } else if (!connected.isEmpty()) {
                connected.remove(random.nextInt(connected.size())).disconnect();
            }
            nowMillis += random.nextInt(2 * BEAT_MILLIS);
            nodes.forEach(Accounts::beat);
            List<Runnable> messages = new ArrayList<>(onTheWay);
            onTheWay.clear();
            for (Runnable message : messages) {
                switch (random.nextInt(4)) {
                    case 0 -> onTheWay.add(message);
                    case 1 -> {}
                    case 2 -> {
                        message.run();
                        message.run();
                    }
                    default -> message.run();
                }
            }
        }
        while (connected.size() >= CONNECTIONS - 1) {
            connected.remove(0).disconnect();
        }
        Accounts last = nodes.get(random.nextInt(nodes.size()));
        connected.add(Objects.requireNonNull(last.connect(principal, true)));
        pass(2L * 1_000 * ROUND_SECONDS + Accounts.LEASE_MILLIS + Accounts.WINDOW_MILLIS);
        List<Account> more = connectAll(last, principal);

        assertThat(connected.size() + more.size()).isEqualTo(CONNECTIONS);
    }
}

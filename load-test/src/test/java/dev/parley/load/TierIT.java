package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.load.TcpProxy.Direction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many gateways on one Redis under load, while a script takes parts of it away and gives them back. */
final class TierIT {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("parley.seconds", 150));
    private static final int ACKNOWLEDGED_BETWEEN_MAX = 300;
    /** Past the leases of nodes, and whatever else is timed. */
    private static final int PAUSE_MILLIS_MAX = 15_000;

    private static final int AWAY_MILLIS_MAX = 8_000;
    private static final int ACKNOWLEDGED_WITH_LOSSES = 1_000;
    /** Long enough for every node to notice what it missed, before the logs are read from one of them. */
    private static final int ACKNOWLEDGED_AFTER_LOSSES = 500;

    private static final int MESSAGES_LOST_PERCENT = 10;
    private static final int REPLIES_LOST_PERCENT = 1;

    @RegisterExtension
    static final TestTier TIER = TestTier.single();

    private enum Fault {
        NODE_KILLED,
        NODE_PAUSED,
        NODE_STOPPED,
        ALL_NODES_REPLACED_IN_TURN,
        LINK_CUT,
        LINK_SILENT,
        LINKS_LOSE_WORDS,
        REDIS_KILLED,
        REDIS_PAUSED
    }

    @Test
    void nothingIsLostOrDoubledWhateverBecomesOfNodesAndOfRedis() throws InterruptedException, IOException {
        Seed seed = Seed.of(TierIT.class);
        SplittableRandom random = seed.random();
        Load load = TIER.load(new LoadPlan(seed.value(), "tier", 12, 3, 4, 2, 100, Duration.ofHours(2), 0.2, 10));
        load.open();
        try (BrowserTabs tabs = TIER.browserTabs("tier", seed.value())) {
            load.start();
            letHappen(random, load);
            load.stop();
            tabs.stop();

            Load.Outcome outcome = load.judge(TestGateway.LONG);

            load.close();
            System.out.println(outcome.table());
            assertThat(outcome.violations()).isEmpty();
            tabs.awaitVerdict();
        }
    }

    /** One fault after the other, each when the load has gone on. */
    private static void letHappen(SplittableRandom random, Load load) throws InterruptedException {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        List<Long> recoveryMillis = new ArrayList<>();
        long endNanos = System.nanoTime() + LENGTH.toNanos();
        List<Fault> next = new ArrayList<>();
        while (System.nanoTime() < endNanos) {
            load.awaitAcknowledged(random.nextLong(1, ACKNOWLEDGED_BETWEEN_MAX), TestGateway.LONG);
            if (next.isEmpty()) {
                next.addAll(List.of(Fault.values()));
            }
            Fault fault = next.remove(random.nextInt(next.size()));
            happens(fault, random);
            faults.merge(fault, 1, Integer::sum);
            long startNanos = System.nanoTime();
            load.awaitAcknowledged(1, TestGateway.LONG);
            recoveryMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
        }
        Collections.sort(recoveryMillis);
        System.out.println(faults + "; first acknowledgement after a fault: p50 "
                + recoveryMillis.get(recoveryMillis.size() / 2) + " ms, p99 "
                + recoveryMillis.get(recoveryMillis.size() * 99 / 100) + " ms, max "
                + recoveryMillis.get(recoveryMillis.size() - 1) + " ms");
    }

    @Test
    void whatOthersWroteIsDeliveredWhileAnnouncementsAreLostAndRepliesAreCut() {
        Seed seed = Seed.of(TierIT.class);
        RedisLosses losses = losses(seed.random());
        Load load = TIER.load(new LoadPlan(seed.value(), "losses", 12, 3, 4, 2, 100, Duration.ofHours(2), 0, 0));
        load.open();
        TIER.lose(losses);
        load.start();
        load.awaitAcknowledged(ACKNOWLEDGED_WITH_LOSSES, TestGateway.LONG);
        TIER.lose(RedisLosses.NONE);
        load.awaitAcknowledged(ACKNOWLEDGED_AFTER_LOSSES, TestGateway.LONG);
        load.stop();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        load.close();
        System.out.printf(
                "%,d announcements lost, %,d replies cut%n%s",
                losses.messages().get(), losses.replies().get(), outcome.table());
        assertThat(outcome.violations()).isEmpty();
        assertThat(losses.messages()).hasPositiveValue();
        assertThat(losses.replies()).hasPositiveValue();
    }

    private static RedisLosses losses(SplittableRandom random) {
        return RedisLosses.of(MESSAGES_LOST_PERCENT, REPLIES_LOST_PERCENT, random.split());
    }

    private static void happens(Fault fault, SplittableRandom random) throws InterruptedException {
        int number = random.nextInt(TestTier.NODES);
        GatewayProcess node = TIER.nodes().get(number);
        switch (fault) {
            case NODE_KILLED -> {
                node.kill();
                node.start();
            }
            case NODE_PAUSED -> {
                Signals.pause(node.pid());
                Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
                Signals.goOn(node.pid());
            }
            case NODE_STOPPED -> {
                node.stop();
                node.start();
            }
            case ALL_NODES_REPLACED_IN_TURN ->
                TIER.nodes().forEach(each -> {
                    each.stop();
                    each.start();
                });
            case LINK_CUT -> TIER.link(number).cut();
            case LINK_SILENT -> {
                TIER.link(number).swallow(Direction.TO_SERVER, true);
                TIER.link(number).swallow(Direction.TO_CLIENT, true);
                Thread.sleep(random.nextInt(AWAY_MILLIS_MAX));
                TIER.link(number).cut();
            }
            case LINKS_LOSE_WORDS -> {
                TIER.lose(losses(random));
                Thread.sleep(random.nextInt(AWAY_MILLIS_MAX));
                TIER.lose(RedisLosses.NONE);
            }
            case REDIS_KILLED -> {
                TIER.store().primary().kill();
                Thread.sleep(random.nextInt(AWAY_MILLIS_MAX));
                TIER.store().primary().start();
            }
            case REDIS_PAUSED -> {
                Signals.pause(TIER.store().primary().pid());
                Thread.sleep(random.nextInt(AWAY_MILLIS_MAX));
                Signals.goOn(TIER.store().primary().pid());
            }
        }
    }
}

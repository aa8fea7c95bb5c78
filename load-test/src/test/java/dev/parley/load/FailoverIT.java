package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many gateways on a Redis whose primary dies, again and again, and whose replica takes over. */
final class FailoverIT {
    private static final int FAILOVERS = Integer.getInteger("parley.rounds", 3);
    private static final int ACKNOWLEDGED_BETWEEN_MAX = 300;
    private static final int PAUSE_MILLIS_MAX = 5_000;

    @RegisterExtension
    static final TestTier TIER = TestTier.replicated();

    @Test
    void nothingAcknowledgedIsLostWhenTheReplicaTakesOver() throws InterruptedException {
        Seed seed = Seed.of(FailoverIT.class);
        SplittableRandom random = seed.random();
        Load load = TIER.load(new LoadPlan(seed.value(), "tier", 12, 3, 4, 2, 60, Duration.ofHours(2), 0.2, 10));
        load.open();
        load.start();
        List<Long> recoveryMillis = new ArrayList<>();
        for (int i = 0; i < FAILOVERS; i++) {
            load.awaitAcknowledged(random.nextLong(1, ACKNOWLEDGED_BETWEEN_MAX), TestGateway.LONG);
            awaitReplica();
            ServerProcess primary = TIER.store().primary();
            long startNanos = System.nanoTime();
            primary.kill();
            Awaitility.await("the replica took over")
                    .atMost(TestGateway.LONG)
                    .until(() -> TIER.store().primary() != primary);
            primary.start();
            awaitReplica();
            load.awaitAcknowledged(1, TestGateway.LONG);
            recoveryMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            ServerProcess replica = TIER.store().replica();
            Signals.pause(replica.pid());
            Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
            Signals.goOn(replica.pid());
        }
        load.awaitAcknowledged(1, TestGateway.LONG);
        load.stop();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        load.close();
        Collections.sort(recoveryMillis);
        System.out.println("from the death of the primary to the next acknowledgement, ms: " + recoveryMillis + "\n"
                + outcome.table());
        assertThat(outcome.violations()).isEmpty();
    }

    private static void awaitReplica() {
        Awaitility.await("the primary has a replica").atMost(TestGateway.LONG).until(() -> TIER.store()
                .isReplicated());
    }
}

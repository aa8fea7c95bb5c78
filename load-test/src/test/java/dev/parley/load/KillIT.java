package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The gateway is killed under load, as by a crash, again and again ({@code -Dparley.rounds=N}). */
final class KillIT {
    private static final int ROUNDS = Integer.getInteger("parley.rounds", 5);
    private static final int ACKNOWLEDGED_BETWEEN_KILLS_MAX = 400;

    @RegisterExtension
    private static final TestGateway GATEWAY = new TestGateway(List.of("-Xmx256m"), List.of());

    @Test
    void nothingAcknowledgedIsLostOrDoubledWhenTheGatewayIsKilledAndClientsCarryOnByThemselves() {
        Seed seed = Seed.of(KillIT.class);
        SplittableRandom random = seed.random();
        LoadPlan plan = new LoadPlan(seed.value(), TestGateway.TENANT, 10, 2, 4, 2, 100, Duration.ofHours(1), 0.2, 10);
        Load load = new Load(GATEWAY.loop(), GATEWAY.process().webSocket(), GATEWAY.mint(), plan);
        load.open();
        load.start();
        for (int round = 0; round < ROUNDS; round++) {
            awaitProgress(load, random.nextLong(1, ACKNOWLEDGED_BETWEEN_KILLS_MAX));
            GATEWAY.process().kill();
            GATEWAY.process().start();
        }
        awaitProgress(load, 1);
        load.stop();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        System.out.println(ROUNDS + " kills\n" + outcome.table());
        assertThat(outcome.violations()).isEmpty();
        load.close();
    }

    private void awaitProgress(Load load, long count) {
        long target = GATEWAY.onLoop().get(load.figures()::acknowledged) + count;
        GATEWAY.onLoop()
                .await(
                        "clients go on to " + target,
                        TestGateway.LONG,
                        () -> load.figures().acknowledged() >= target);
    }
}

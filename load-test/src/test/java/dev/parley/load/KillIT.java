package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The gateway goes away under load, and comes back with the same folder. */
final class KillIT {
    private static final int KILLS = Integer.getInteger("parley.rounds", 5);
    private static final int ACKNOWLEDGED_BETWEEN_MAX = 300;

    @RegisterExtension
    static final TestGateway GATEWAY = new TestGateway(List.of("-Xmx256m"), List.of());

    @Test
    void nothingAcknowledgedIsLostOrDoubledWhenTheGatewayIsKilledAndClientsCarryOnByThemselves() {
        Seed seed = Seed.of(KillIT.class);
        restartUnderLoad(seed, "kill", KILLS, GatewayProcess::kill);
    }

    @Test
    void clientsCarryOnByThemselvesWhenTheGatewayIsStoppedAndStartedAgain() {
        Seed seed = Seed.of(KillIT.class);
        restartUnderLoad(seed, "stop", 1, GatewayProcess::stop);
    }

    private static void restartUnderLoad(Seed seed, String tenant, int times, Consumer<GatewayProcess> end) {
        SplittableRandom random = seed.random();
        Load load = GATEWAY.load(new LoadPlan(seed.value(), tenant, 10, 2, 4, 2, 100, Duration.ofHours(1), 0.2, 10));
        load.open();
        load.start();
        for (int i = 0; i < times; i++) {
            load.awaitAcknowledged(random.nextLong(1, ACKNOWLEDGED_BETWEEN_MAX), TestGateway.LONG);
            end.accept(GATEWAY.process());
            GATEWAY.process().start();
        }
        load.awaitAcknowledged(1, TestGateway.LONG);
        load.stop();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        load.close();
        System.out.println("gone " + times + " times\n" + outcome.table());
        assertThat(outcome.violations()).isEmpty();
    }
}

package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load over the wire for a while ({@code -Dparley.load.seconds=N}), with everything checked. */
final class WireLoadIT {
    private static final int SECONDS = Integer.getInteger("parley.load.seconds", 120);
    private static final int RATE = Integer.getInteger("parley.load.rate", 300);

    @RegisterExtension
    private static final TestGateway GATEWAY = new TestGateway(List.of("-Xmx512m"), List.of());

    @Test
    void everyReplicaEndsWithTheSameBytesAndNothingIsLostOrDoubledUnderLoad() {
        Seed seed = Seed.of(WireLoadIT.class);
        LoadPlan plan =
                new LoadPlan(seed.value(), TestGateway.TENANT, 50, 3, 6, 2, RATE, Duration.ofSeconds(SECONDS), 1, 10);
        Load load = GATEWAY.load(plan);
        load.open();
        load.start();
        load.awaitMade();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        System.out.println(outcome.table());
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.figures().behind())
                .as("submissions made behind the head")
                .isPositive();
        load.close();
    }
}

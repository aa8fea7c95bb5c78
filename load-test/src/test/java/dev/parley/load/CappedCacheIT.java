package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many more conversations than the gateway may keep in memory, and a heap that they would not fit into. */
final class CappedCacheIT {
    private static final int CONVERSATIONS = 500;
    private static final long CACHE_BYTES = 1_000_000;

    /** Kept in memory whole, what this load writes takes 5.5 MB. */
    private static final double HEAP_GROWTH_BYTES_MAX = 3e6;

    @RegisterExtension
    private static final TestGateway GATEWAY = new TestGateway(
            List.of("-Xmx192m", "-XX:MaxDirectMemorySize=96m", "-XX:+ExitOnOutOfMemoryError"),
            List.of("--cache-bytes", Long.toString(CACHE_BYTES)));

    @Test
    void conversationsComeAndGoFromMemoryUnderLoadAndNothingIsLost() {
        Seed seed = Seed.of(CappedCacheIT.class);
        LoadPlan plan = new LoadPlan(
                seed.value(), TestGateway.TENANT, CONVERSATIONS, 1, 4, 1, 300, Duration.ofSeconds(20), 1, 5);
        Load load = GATEWAY.load(plan);
        load.open();
        double heapBefore = new LiveHeap(GATEWAY.process()).bytes();
        load.start();
        load.awaitMade();

        Load.Outcome outcome = load.judge(TestGateway.LONG);

        Metrics metrics = GATEWAY.metrics();
        double heapAfter = new LiveHeap(GATEWAY.process()).bytes();
        double evicted = metrics.sum("parley_conversations_evicted_total");
        System.out.printf(
                "%s%,.0f evicted, %,.0f loaded, %,.0f in memory; live heap %.1f MB before the load, %.1f MB after%n",
                outcome.table(),
                evicted,
                metrics.sum("parley_loads_total"),
                metrics.sum("parley_conversations_loaded"),
                heapBefore / 1e6,
                heapAfter / 1e6);
        assertThat(outcome.violations()).isEmpty();
        assertThat(evicted).as("conversations evicted").isGreaterThan(CONVERSATIONS);
        assertThat(heapAfter - heapBefore).as("growth of the live heap").isLessThan(HEAP_GROWTH_BYTES_MAX);
        assertThat(GATEWAY.process().isAlive()).isTrue();
        load.close();
    }
}

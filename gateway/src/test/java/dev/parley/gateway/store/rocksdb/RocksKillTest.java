package dev.parley.gateway.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway's process killed while it writes, again and again on one folder. */
@ExtendWith(Seed.Resolver.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a child may hang
class RocksKillTest {
    private static final int CONVERSATIONS = 5;
    private static final int IN_FLIGHT = 64;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Durability.class,
            names = {"PROCESS", "DISK"})
    void what_was_acknowledged_survives_a_killed_process_and_nothing_is_doubled(Durability durability, Seed seed)
            throws IOException, InterruptedException {
        SplittableRandom random = seed.random();
        AcknowledgedLogs acknowledged = new AcknowledgedLogs();
        int rounds = Integer.getInteger("parley.rounds", durability == Durability.DISK ? 5 : 1);
        for (int round = 0; round < rounds; round++) {
            try (ChildProcess child = ChildProcess.java(StoreWriterMain.class)
                    .start(
                            folder.toString(),
                            durability.name(),
                            Integer.toString(CONVERSATIONS),
                            Integer.toString(IN_FLIGHT))) {
                assertThat(child.line()).isEqualTo("open");
                long killAfter = 1L + random.nextInt(1_500);
                long lines = 0;
                for (String line = child.line(); line != null; line = child.line()) {
                    acknowledged.add(line);
                    if (++lines == killAfter) {
                        child.kill();
                    }
                }
                assertThat(child.exitCode()).isEqualTo(128 + 9);
            }
            try (RocksOperationStore store = RocksStores.open(folder)) {
                assertThat(acknowledged.verify(store)).isLessThanOrEqualTo((long) IN_FLIGHT * (round + 1));
            }
        }
        System.out.println(rounds + " kills, " + acknowledged.count() + " entries acknowledged, none lost");
    }
}

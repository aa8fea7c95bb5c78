package dev.parley.gateway.store.rocksdb;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.Throughput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures appends of one message each (entry, outbox row, head, inbox and visitor rows), by how many are in flight, and
 * beside them what the disk itself can do: appends of the same size to a plain file, each synced.
 *
 * <p>Arguments: a folder on the disk to measure, the durability, seconds for each measurement.
 */
public final class StoreThroughputMain {
    private static final int CONVERSATIONS = 1_000;
    private static final String TEXT =
            "A message as people write it in a chat, some hundred characters long or a few more.";
    private static final int SAMPLES_MAX = 4_000_000;

    private StoreThroughputMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "throughput");
        Durability durability = Durability.valueOf(arguments[1]);
        long seconds = Long.parseLong(arguments[2]);
        plainFile(folder.resolve("plain"), seconds);
        for (int warmUp = 0; warmUp < 2; warmUp++) {
            for (int inFlight : new int[] {1, 16, 256, 2_048}) {
                store(folder.resolve("store-" + warmUp + "-" + inFlight), durability, inFlight, seconds, warmUp == 1);
            }
        }
    }

    private static void plainFile(Path file, long seconds) throws IOException {
        long[] nanos = new long[SAMPLES_MAX];
        int count = 0;
        long end = System.nanoTime() + seconds * 1_000_000_000;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                channel.write(ByteBuffer.allocate(600));
                channel.force(false);
                nanos[count++] = System.nanoTime() - now;
            }
        }
        System.out.printf("plain file, synced: %,d writes/s, %s%n", count / seconds, percentiles(nanos, count));
    }

    private static void store(Path folder, Durability durability, int inFlight, long seconds, boolean print)
            throws InterruptedException {
        LogWriter[] writers = new LogWriter[CONVERSATIONS];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = LogWriter.of(new ConversationKey("tenant", "conversation-" + i), "visitor-" + i);
        }
        AtomicLong writeNanos = new AtomicLong();
        try (RocksOperationStore store = RocksOperationStore.open(
                RocksOptions.of(folder, durability), System::nanoTime, writeNanos::addAndGet)) {
            Throughput done = Throughput.of(inFlight, seconds, n -> {
                Append append = writers[n % CONVERSATIONS].append(TEXT);
                return store.append(List.of(append));
            });
            if (print) {
                System.out.printf(
                        "%s, %,d in flight: %,.0f appends/s, %s, %.1f appends a write, %.2f ms a write, %,d failed%n",
                        durability,
                        inFlight,
                        done.perSecond(),
                        done.percentiles(),
                        (double) done.count() / store.commits(),
                        writeNanos.get() / 1e6 / store.commits(),
                        done.failures());
            }
        }
    }

    private static String percentiles(long[] nanos, int count) {
        Arrays.sort(nanos, 0, count);
        return String.format("p50 %.2f ms, p99 %.2f ms", nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6);
    }
}

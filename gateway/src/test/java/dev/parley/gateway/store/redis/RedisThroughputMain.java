package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Answers;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Measures appends of one message each (entry, outbox row, head, inbox row, announcement) on one {@code redis-server}, by how
 * many are in flight, and beside them what Redis does at the same depth with one plain value of the same size.
 *
 * <p>Arguments: the durability, seconds for each measurement.
 */
public final class RedisThroughputMain {
    private static final int CONVERSATIONS = 512;
    private static final String TEXT =
            "A message as people write it in a chat, some hundred characters long or a few more.";
    private static final byte[] VALUE = new byte[600];
    private static final int SAMPLES_MAX = 4_000_000;

    private RedisThroughputMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Durability durability = Durability.valueOf(arguments[0]);
        long seconds = Long.parseLong(arguments[1]);
        String sync = durability == Durability.PROCESS ? "everysec" : "always";
        for (boolean print : new boolean[] {false, true}) {
            for (int inFlight : new int[] {1, 16, 64, 256, 2_048}) {
                try (RedisServer server = RedisServer.start("--appendfsync", sync)) {
                    values(server, inFlight, seconds, print);
                }
                try (RedisServer server = RedisServer.start("--appendfsync", sync)) {
                    appends(server, durability, inFlight, seconds, print);
                }
            }
        }
    }

    private static void values(RedisServer server, int inFlight, long seconds, boolean print)
            throws InterruptedException {
        try (RedisConnections connections = RedisConnections.of(server.uri());
                RedisLink link = connections.connect()) {
            RedisClusterAsyncCommands<byte[], byte[]> commands = link.commands();
            String figures = measure(
                    server,
                    inFlight,
                    seconds,
                    n -> commands.set(("key " + n % CONVERSATIONS).getBytes(StandardCharsets.US_ASCII), VALUE));
            if (print) {
                System.out.printf("plain values, %,d in flight: %s%n", inFlight, figures);
            }
        }
    }

    private static void appends(RedisServer server, Durability durability, int inFlight, long seconds, boolean print)
            throws InterruptedException {
        LogWriter[] writers = new LogWriter[CONVERSATIONS];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = LogWriter.of(new ConversationKey("tenant", "conversation-" + i), "visitor-" + i);
        }
        try (RedisOperationStore store = RedisStores.open(server, durability)) {
            for (LogWriter writer : writers) {
                // As a shard does before it appends.
                Answers.await(store.load(writer.key()));
                Answers.await(store.append(List.of(writer.append(TEXT))));
            }
            String figures = measure(server, inFlight, seconds, n -> {
                Append append = writers[n % CONVERSATIONS].append(TEXT);
                return store.append(List.of(append));
            });
            if (print) {
                System.out.printf("%s, %,d in flight: %s%n", durability, inFlight, figures);
            }
        }
    }

    private static String measure(RedisServer server, int inFlight, long seconds, IntFunction<CompletionStage<?>> call)
            throws InterruptedException {
        long[] nanos = new long[SAMPLES_MAX];
        AtomicInteger count = new AtomicInteger();
        AtomicLong failures = new AtomicLong();
        Semaphore permits = new Semaphore(inFlight);
        double cpu = cpuSeconds(server);
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000;
        for (int n = 0; System.nanoTime() < end; n++) {
            permits.acquire();
            long called = System.nanoTime();
            call.apply(n).whenComplete((results, failure) -> {
                int sample = count.getAndIncrement();
                if (sample < SAMPLES_MAX) {
                    nanos[sample] = System.nanoTime() - called;
                }
                if (failure != null) {
                    failures.incrementAndGet();
                }
                permits.release();
            });
        }
        permits.acquire(inFlight);
        double elapsed = (System.nanoTime() - start) / 1e9;
        int samples = Math.min(SAMPLES_MAX, count.get());
        Arrays.sort(nanos, 0, samples);
        return String.format(
                "%,.0f/s, p50 %.2f ms, p99 %.2f ms, %.0f µs of Redis's core each, %.0f%% of it busy, %s, %,d failed",
                count.get() / elapsed,
                nanos[samples / 2] / 1e6,
                nanos[samples * 99 / 100] / 1e6,
                (cpuSeconds(server) - cpu) * 1e6 / count.get(),
                (cpuSeconds(server) - cpu) * 100 / elapsed,
                scripts(server),
                failures.get());
    }

    private static double cpuSeconds(RedisServer server) {
        return server.cli("INFO", "cpu")
                .lines()
                .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    private static String scripts(RedisServer server) {
        return server.cli("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:") || line.startsWith("cmdstat_set:"))
                .map(line -> line.replaceFirst("cmdstat_(\\w+):.*usec_per_call=([0-9.]+).*", "$1 $2 µs"))
                .findFirst()
                .orElse("");
    }
}

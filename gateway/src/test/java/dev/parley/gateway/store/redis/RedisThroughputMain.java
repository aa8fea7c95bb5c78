package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Answers;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.Throughput;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * Measures appends of one message each (entry, outbox row, head, inbox row, announcement) on one {@code redis-server}, by how
 * many are in flight, where the node knows where each log ends and where it has to ask; and beside them what Redis does at the
 * same depth with one plain value of the same size.
 *
 * <p>Arguments: the durability, seconds for each measurement.
 */
public final class RedisThroughputMain {
    private static final int CONVERSATIONS = 512;
    private static final String TEXT =
            "A message as people write it in a chat, some hundred characters long or a few more.";
    private static final byte[] VALUE = new byte[600];

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
                for (int headsCachedMax : new int[] {CONVERSATIONS, 0}) {
                    try (RedisServer server = RedisServer.start("--appendfsync", sync)) {
                        appends(server, durability, headsCachedMax, inFlight, seconds, print);
                    }
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

    private static void appends(
            RedisServer server, Durability durability, int headsCachedMax, int inFlight, long seconds, boolean print)
            throws InterruptedException {
        LogWriter[] writers = new LogWriter[CONVERSATIONS];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = LogWriter.of(new ConversationKey("tenant", "conversation-" + i), "visitor-" + i);
        }
        RedisOptions usual = RedisOptions.of(server.uri(), durability);
        RedisOptions options = new RedisOptions(
                usual.uri(),
                durability,
                usual.bytesInFlightMax(),
                headsCachedMax,
                usual.decoders(),
                usual.waitMillis());
        try (RedisOperationStore store = RedisOperationStore.open(options, System::nanoTime, nanos -> {})) {
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
                String known = headsCachedMax == 0 ? "no head known, " : "";
                System.out.printf("%s, %s%,d in flight: %s%n", durability, known, inFlight, figures);
            }
        }
    }

    private static String measure(RedisServer server, int inFlight, long seconds, IntFunction<CompletionStage<?>> call)
            throws InterruptedException {
        double cpu = cpuSeconds(server);
        Throughput done = Throughput.of(inFlight, seconds, call);
        double spent = cpuSeconds(server) - cpu;
        return String.format(
                "%,.0f/s, %s, %.0f µs of Redis's core each, %.0f%% of it busy, %s, %,d failed",
                done.perSecond(),
                done.percentiles(),
                spent * 1e6 / done.count(),
                spent * 100 / done.seconds(),
                scripts(server),
                done.failures());
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

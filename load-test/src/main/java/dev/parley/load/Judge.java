package dev.parley.load;

import dev.parley.load.check.Checker;
import dev.parley.load.check.History;
import dev.parley.load.check.Log;
import dev.parley.load.check.Violation;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Brings a run to its end and has it checked. For one thread, which it blocks; not that of the event loop. */
public final class Judge {
    private static final Duration READ_MAX = Duration.ofMinutes(2);
    private static final Duration CAUGHT_UP_MAX = Duration.ofSeconds(10);

    private final EventLoop loop;
    private final OnLoop onLoop;
    private final URI url;
    private final String staffToken;

    public Judge(EventLoop loop, URI url, String staffToken) {
        this.loop = loop;
        this.onLoop = new OnLoop(loop);
        this.url = url;
        this.staffToken = staffToken;
    }

    /**
     * Waits until everything is answered, reads the logs back, waits until every replica has all of them, closes the
     * histories, and checks. What does not come in time is a violation, not an exception; its clients are stopped, so that
     * the logs are read after everything that these have seen.
     */
    public List<Violation> judge(List<WireConversation> replicas, Duration settleMax) {
        if (!onLoop.becomes(settleMax, () -> replicas.stream().allMatch(Judge::isSettled))) {
            onLoop.run(() -> replicas.forEach(replica -> replica.client().stop()));
        }
        List<String> conversations = onLoop.get(() ->
                replicas.stream().map(WireConversation::conversation).distinct().toList());
        Map<String, Log> logs = read(conversations, replicas);
        onLoop.becomes(settleMax, () -> replicas.stream().allMatch(replica -> hasAllOf(replica, logs)));
        List<History> histories = onLoop.get(() -> {
            replicas.forEach(WireConversation::end);
            return replicas.stream().map(WireConversation::history).toList();
        });
        return Checker.check(histories, logs.values());
    }

    /**
     * The gateway that answers may not have heard yet of what another one told these replicas: the logs are read until they
     * are as long, or so much time has passed.
     */
    private Map<String, Log> read(List<String> conversations, List<WireConversation> replicas) {
        long startNanos = System.nanoTime();
        Map<String, Log> logs = read(conversations);
        while (onLoop.get(() -> replicas.stream().anyMatch(replica -> isShorter(logs, replica)))
                && System.nanoTime() - startNanos < CAUGHT_UP_MAX.toNanos()) {
            logs.putAll(read(conversations));
        }
        return logs;
    }

    private Map<String, Log> read(List<String> conversations) {
        Map<String, Log> logs = new HashMap<>();
        for (Log log : LogReader.read(loop, url, staffToken, conversations)
                .orTimeout(READ_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join()) {
            logs.put(log.conversation(), log);
        }
        return logs;
    }

    private static boolean isShorter(Map<String, Log> logs, WireConversation replica) {
        Log log = logs.get(replica.conversation());
        return log != null
                && log.head().getRevision() < replica.replica().position().revision();
    }

    private static boolean isSettled(WireConversation replica) {
        return replica.isBroken() || (replica.isOpen() && replica.replica().pendingCount() == 0);
    }

    private static boolean hasAllOf(WireConversation replica, Map<String, Log> logs) {
        Log log = logs.get(replica.conversation());
        return log == null
                || replica.isBroken()
                || replica.client().isStopped()
                || replica.replica().position().revision()
                        >= log.lastRevisionFor(replica.history().view());
    }
}

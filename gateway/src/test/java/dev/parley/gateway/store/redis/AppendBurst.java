package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Answers;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.LogWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Appends to one conversation that were sent at once, of which some are acknowledged and most are mostly still under way. */
final class AppendBurst {
    private static final int APPENDS = 10_000;
    private static final int ACKNOWLEDGED_MIN = 100;
    private static final int ATTEMPTS = 20;

    private final LogWriter writer;
    private final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
    private final List<CompletionStage<Boolean>> answers = new ArrayList<>();
    private final CompletableFuture<Void> enough = new CompletableFuture<>();

    private AppendBurst(RedisOperationStore store, String conversation) {
        writer = LogWriter.of("tenant", conversation);
        for (int i = 0; i < APPENDS; i++) {
            Append append = writer.append("text " + i);
            long revision = append.entries().get(0).revision();
            answers.add(store.append(List.of(append)).handle((results, failure) -> {
                boolean stored = failure == null && results.get(0) == AppendResult.STORED;
                if (stored) {
                    acknowledged.add(revision);
                }
                // The size is counted, which is nothing to do for each of thousands.
                if (!enough.isDone() && acknowledged.size() >= ACKNOWLEDGED_MIN) {
                    enough.complete(null);
                }
                return stored;
            }));
        }
    }

    /** One whose first appends a slow disk left without an answer in time is followed by another, of another conversation. */
    static AppendBurst of(RedisOperationStore store, String conversation) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            AppendBurst burst = new AppendBurst(store, conversation + " " + attempt);
            Answers.await(CompletableFuture.anyOf(burst.enough, burst.all().toCompletableFuture()));
            if (burst.enough.isDone()) {
                return burst;
            }
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(store::isHealthy);
        }
        throw new AssertionError("of no burst " + ACKNOWLEDGED_MIN + " appends were acknowledged");
    }

    LogWriter writer() {
        return writer;
    }

    /** The revisions whose appends are known to be stored, so far. */
    Queue<Long> acknowledged() {
        return acknowledged;
    }

    /** Waits until all are answered, be it with a failure. */
    void awaitAnswers() {
        Answers.await(all());
    }

    private CompletionStage<List<Boolean>> all() {
        return RedisAppends.all(answers.stream());
    }
}

package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.store.LogExtent;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.PreparedAppend;
import dev.parley.gateway.store.Quarantine;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreOpenException;
import dev.parley.gateway.store.StoredConversation;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store in Redis, which any number of nodes share. Redis is the only one that decides order; this object is a way to it.
 * While Redis is away calls fail with {@link StoreBusyException}, having sent nothing; what was on its way then is unknown.
 * When it is back all goes on by itself. A connection that is lost for a moment fails nothing: all that was on its way is asked
 * again on the next one, and no append is made twice.
 *
 * <p>Thread: any, and none blocks but in {@link #open} and {@link #close}. Stages complete on threads of Lettuce or of the
 * decoders.
 */
public final class RedisOperationStore implements OperationStore {
    private static final int PULSE_MILLIS = 500;
    private static final int FEED_MILLIS = 1_000;
    private static final int CLOSE_SECONDS = 5;

    private final RedisConnections connections;
    private final RedisLink link;
    private final RedisPulse pulse;
    private final SendOrder order = new SendOrder();
    private final Quarantine quarantine = new Quarantine();
    private final RedisAppends appends;
    private final RedisReads reads;
    private final RedisIndexes indexes;
    private final RedisFeed feed;
    private final ErasedText erased;
    private final ExecutorService decoders;
    private final ScheduledExecutorService beat;
    private final LongSupplier nanoTime;
    private final LongConsumer writeNanos;

    private RedisOperationStore(
            RedisConnections connections, RedisOptions options, LongSupplier nanoTime, LongConsumer writeNanos) {
        this.connections = connections;
        this.nanoTime = nanoTime;
        this.writeNanos = writeNanos;
        link = connections.connect();
        prepare(link, options.durability());
        byte[] node = new byte[Announcement.NODE_BYTES];
        new SecureRandom().nextBytes(node);
        boolean confirmed = options.durability() == Durability.REPLICA;
        @Nullable Confirmation confirmation = confirmed
                ? new Confirmation(link, new ReplicaBarrier(connections.connect(), options.waitMillis()), node)
                : null;
        AtomicInteger count = new AtomicInteger();
        decoders = Executors.newFixedThreadPool(
                options.decoders(), task -> new Thread(task, "store-decoder-" + count.incrementAndGet()));
        pulse = new RedisPulse(link, options.bytesInFlightMax());
        KnownHeads heads = new KnownHeads(options.headsCachedMax());
        appends = new RedisAppends(link, pulse, heads, quarantine, node, confirmation);
        reads = new RedisReads(link, heads, quarantine, decoders, confirmation);
        indexes = new RedisIndexes(link, decoders);
        feed = new RedisFeed(link, connections.subscribe(), node, confirmed);
        erased = new ErasedText(link);
        beat = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "store-beat"));
        beat.scheduleWithFixedDelay(pulse::beat, PULSE_MILLIS, PULSE_MILLIS, TimeUnit.MILLISECONDS);
        beat.scheduleWithFixedDelay(feed::beat, FEED_MILLIS, FEED_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Blocks until Redis is connected and its settings are read. {@code writeNanos} is told how long each batch took. Throws
     * {@link StoreOpenException}.
     */
    public static RedisOperationStore open(RedisOptions options, LongSupplier nanoTime, LongConsumer writeNanos) {
        RedisConnections connections;
        try {
            connections = RedisConnections.of(options.uri());
        } catch (IllegalArgumentException e) {
            throw new StoreOpenException("no URI of Redis: " + e.getMessage(), e);
        }
        try {
            return new RedisOperationStore(connections, options, nanoTime, writeNanos);
        } catch (RedisException e) {
            connections.close();
            throw new StoreOpenException("Redis cannot be reached: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    /** Throws {@link StoreOpenException} if the servers cannot hold the level. */
    private static void prepare(RedisLink link, Durability durability) {
        RedisRequirements requirements = new RedisRequirements(durability);
        List<byte[]> scripts = new ArrayList<>(RedisReads.scripts());
        scripts.add(RedisAppends.script());
        scripts.add(Confirmation.script());
        try {
            List<RedisAsyncCommands<byte[], byte[]>> servers =
                    link.primaries().toCompletableFuture().join();
            for (RedisAsyncCommands<byte[], byte[]> server : servers) {
                requirements.check(server).toCompletableFuture().join();
                scripts.forEach(script ->
                        server.scriptLoad(script).toCompletableFuture().join());
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public CompletionStage<StoredConversation> load(ConversationKey key) {
        return call(() -> reads.load(key));
    }

    @Override
    public CompletionStage<List<LoggedEntry>> read(ConversationKey key, long from, long to) {
        return call(() -> reads.read(key, from, to));
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        List<AppendArguments> arguments = new ArrayList<>(batch.size());
        long bytes = 0;
        Set<ConversationKey> conversations = new HashSet<>();
        try {
            for (Append append : batch) {
                if (!conversations.add(append.key())) {
                    throw new IllegalArgumentException("two appends to " + append.key() + " in one batch");
                }
                AppendArguments each = AppendArguments.of(PreparedAppend.of(append));
                arguments.add(each);
                bytes += each.bytes();
            }
            pulse.acquire(bytes);
        } catch (IllegalArgumentException | IllegalStateException | StoreBusyException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<List<AppendResult>> answer = new CompletableFuture<>();
        long taken = bytes;
        long start = nanoTime.getAsLong();
        CompletionStage<List<AppendResult>> answered = answer.whenComplete((results, failure) -> {
            pulse.release(taken);
            writeNanos.accept(nanoTime.getAsLong() - start);
        });
        order.add(conversations, () -> appends.send(arguments, answer));
        return answered;
    }

    @Override
    public CompletionStage<Long> truncate(ConversationKey key, long revision) {
        return call(() -> {
            RedisKeys keys = RedisKeys.of(key);
            CompletableFuture<Long> cut = new CompletableFuture<>();
            // Behind the appends to it that were called before.
            order.add(List.of(key), () -> {
                reads.truncate(key, keys, revision).whenComplete((horizon, failure) -> {
                    if (failure == null) {
                        cut.complete(horizon);
                    } else {
                        cut.completeExceptionally(failure);
                    }
                });
                return CompletableFuture.completedFuture(null);
            });
            return cut;
        });
    }

    @Override
    public CompletionStage<List<LogExtent>> logs(@Nullable ConversationKey after, int limit) {
        return call(() -> indexes.logs(after, limit));
    }

    /** Memory forgets at once; this completes when the append-only files are written anew. */
    @Override
    public CompletionStage<@Nullable Void> purgeErased() {
        return call(erased::purge);
    }

    @Override
    public CompletionStage<List<String>> conversationsOf(String tenant, String visitor, int limit) {
        return call(() -> indexes.conversationsOf(tenant, visitor, limit));
    }

    @Override
    public CompletionStage<InboxPage> inbox(String tenant, String kind, byte[] after, int limit) {
        return call(() -> indexes.inbox(tenant, kind, after, limit));
    }

    @Override
    public Watch watch(ConversationKey key, LongConsumer grown) {
        return feed.watch(key, grown);
    }

    @Override
    public boolean isHealthy() {
        return pulse.beats();
    }

    /** Ways to the same Redis for others, which end with this store. */
    public RedisConnections connections() {
        return connections;
    }

    /** Bytes of appends that Redis has not answered yet. */
    public long bytesInFlight() {
        return pulse.bytesInFlight();
    }

    /** Conversations quarantined since the start. */
    public int damagedConversations() {
        return quarantine.size();
    }

    /** Snapshots left aside because they could not be read; their conversations were loaded from the log. */
    public long damagedSnapshots() {
        return reads.snapshotsDamaged();
    }

    /** Times that announcements of other nodes were missed and found out about. */
    public long missedAnnouncements() {
        return feed.missed();
    }

    /** Partitions whose channel this node listens to. */
    public int partitionsInUse() {
        return feed.partitionsInUse();
    }

    /** What is on its way is unknown. Not to be called from a stage's callback. */
    @Override
    public synchronized void close() {
        pulse.close();
        beat.shutdownNow();
        connections.close();
        decoders.shutdown();
        try {
            if (!decoders.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                decoders.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call) {
        CompletionStage<T> answered;
        try {
            pulse.require();
            answered = LostAnswers.askAgain(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return answered.exceptionallyCompose(failure -> CompletableFuture.failedFuture(pulse.failure(failure)));
    }
}

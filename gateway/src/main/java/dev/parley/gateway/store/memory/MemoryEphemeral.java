package dev.parley.gateway.store.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.gateway.store.Ephemeral;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What nodes in one process share. Stages are complete when they are returned; messages are handed over by the executor,
 * which may lose, double or reorder them. Guarded by itself.
 */
public final class MemoryEphemeral implements Ephemeral {
    private static final int FENCES_MAX = 200_000;
    private static final int VALUES_MAX = 10_000;

    private final InstantSource clock;
    private final Executor executor;
    private final Cache<String, Long> fences;
    private final Cache<String, Value> values;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<String, List<Consumer<byte[]>>> listeners = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Value(byte[] bytes, long untilMillis) {}

    private record Lease(long fence, long untilMillis) {}

    public MemoryEphemeral(InstantSource clock, Executor executor) {
        this.clock = clock;
        this.executor = executor;
        this.fences = Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000)
                .expireAfterWrite(Duration.ofMillis(FENCE_KEPT_MILLIS))
                .maximumSize(FENCES_MAX)
                .build();
        this.values = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumSize(VALUES_MAX)
                .build();
    }

    @Override
    public synchronized CompletionStage<Long> fence(String name) {
        Long newest = fences.getIfPresent(name);
        long next = Math.max(newest == null ? 1 : newest + 1, clock.millis());
        fences.put(name, next);
        return CompletableFuture.completedFuture(next);
    }

    @Override
    public synchronized CompletionStage<Long> newestFence(String name, long claimed) {
        Long known = fences.getIfPresent(name);
        long newest = known == null ? claimed : Math.max(known, claimed);
        fences.put(name, newest);
        return CompletableFuture.completedFuture(newest);
    }

    @Override
    public synchronized CompletionStage<Boolean> hold(String name, long fence, long leaseMillis) {
        Lease lease = leases.get(name);
        long nowMillis = clock.millis();
        boolean isHeld =
                lease == null || lease.fence < fence || (lease.fence == fence && nowMillis < lease.untilMillis);
        if (isHeld) {
            leases.put(name, new Lease(fence, nowMillis + leaseMillis));
        }
        return CompletableFuture.completedFuture(isHeld);
    }

    @Override
    public synchronized void release(String name, long fence) {
        leases.computeIfPresent(name, (key, lease) -> lease.fence == fence ? new Lease(fence, 0) : lease);
    }

    @Override
    public synchronized CompletionStage<Map<String, Long>> leases(String prefix) {
        Map<String, Long> held = new HashMap<>();
        leases.forEach((name, lease) -> {
            if (name.startsWith(prefix) && clock.millis() < lease.untilMillis) {
                held.put(name, lease.fence);
            }
        });
        return CompletableFuture.completedFuture(held);
    }

    @Override
    public synchronized CompletionStage<@Nullable Void> put(String name, byte[] value, long keptMillis) {
        values.put(name, new Value(value.clone(), clock.millis() + keptMillis));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<byte @Nullable []> take(String name) {
        Value value = values.asMap().remove(name);
        return CompletableFuture.completedFuture(
                value != null && clock.millis() < value.untilMillis ? value.bytes : null);
    }

    @Override
    public void publish(String channel, byte[] message) {
        for (Consumer<byte[]> listener : listeners.getOrDefault(channel, List.of())) {
            executor.execute(() -> listener.accept(message.clone()));
        }
    }

    @Override
    public boolean mayBeHeard(String channel) {
        return !listeners.getOrDefault(channel, List.of()).isEmpty();
    }

    @Override
    public Subscription subscribe(String channel, Consumer<byte[]> listener) {
        List<Consumer<byte[]>> all = listeners.computeIfAbsent(channel, name -> new CopyOnWriteArrayList<>());
        all.add(listener);
        return () -> all.remove(listener);
    }

    @Override
    public void close() {
        listeners.clear();
    }
}

package dev.parley.gateway.store;

import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** What so many calls at once came to. */
public record Throughput(int count, double seconds, double p50Millis, double p99Millis, long failures) {
    private static final int SAMPLES_MAX = 4_000_000;

    /** Keeps {@code inFlight} calls on their way for so long; {@code call} gets their numbers. */
    public static Throughput of(int inFlight, long seconds, IntFunction<CompletionStage<?>> call)
            throws InterruptedException {
        long[] nanos = new long[SAMPLES_MAX];
        AtomicInteger count = new AtomicInteger();
        AtomicLong failures = new AtomicLong();
        Semaphore permits = new Semaphore(inFlight);
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
        return new Throughput(
                count.get(), elapsed, nanos[samples / 2] / 1e6, nanos[samples * 99 / 100] / 1e6, failures.get());
    }

    public double perSecond() {
        return count / seconds;
    }

    public String percentiles() {
        return String.format("p50 %.2f ms, p99 %.2f ms", p50Millis, p99Millis);
    }
}

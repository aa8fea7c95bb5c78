package dev.parley.gateway.assistant;

import dev.parley.gateway.shard.TimedLoop;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop that runs when the test says so, and the time that goes with it. */
final class VirtualLoop implements TimedLoop, InstantSource {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atMillis).thenComparingLong(Timer::number));
    private long nowMillis = 1_000_000;
    private long number;
    private boolean running;

    private record Timer(long atMillis, long number, Runnable task) {}

    @Override
    public boolean isCurrent() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMillis);
    }

    @Override
    public void after(long delayMillis, Runnable task) {
        timers.add(new Timer(nowMillis + delayMillis, number++, task));
    }

    /** Runs at most {@code count} tasks that are due; false if there were fewer. */
    boolean step(int count) {
        for (int i = 0; i < count; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return false;
            }
            running = true;
            try {
                task.run();
            } finally {
                running = false;
            }
        }
        return true;
    }

    void settle() {
        while (step(1)) {}
    }

    /** Lets time pass, and everything happen that is due in it. */
    void advance(long millis) {
        long end = nowMillis + millis;
        settle();
        while (!timers.isEmpty() && timers.element().atMillis() <= end) {
            Timer timer = timers.remove();
            nowMillis = Math.max(nowMillis, timer.atMillis());
            execute(timer.task());
            settle();
        }
        nowMillis = end;
    }
}

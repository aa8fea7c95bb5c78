package dev.parley.gateway.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Many loops in one thread: a seeded random decides which one runs its next task. Time passes with what runs, and goes on to
 * the next timer when nothing is left.
 */
final class Schedule {
    private final Random random;
    private static final long TASKS_PER_MILLI = 20;

    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atTasks).thenComparingLong(Timer::number));
    private @Nullable SimulatedLoop current;
    private long nowTasks;
    private long timersSet;

    private record Timer(long atTasks, long number, SimulatedLoop loop, Runnable task) {}

    Schedule(Random random) {
        this.random = random;
    }

    SimulatedLoop loop() {
        SimulatedLoop loop = new SimulatedLoop();
        loops.add(loop);
        return loop;
    }

    /** Runs tasks of random loops until {@code steps} were run or nothing is left; returns how many it ran. */
    int run(int steps) {
        int ran = 0;
        List<SimulatedLoop> ready = new ArrayList<>();
        while (ran < steps) {
            startTimers();
            ready.clear();
            for (SimulatedLoop loop : loops) {
                if (!loop.tasks.isEmpty() && !loop.paused) {
                    ready.add(loop);
                }
            }
            if (ready.isEmpty() && timers.isEmpty()) {
                break;
            } else if (ready.isEmpty()) {
                nowTasks = timers.element().atTasks();
                continue;
            }
            nowTasks++;
            SimulatedLoop loop = ready.get(random.nextInt(ready.size()));
            current = loop;
            loop.tasks.remove().run();
            current = null;
            ran++;
        }
        return ran;
    }

    private void startTimers() {
        while (!timers.isEmpty() && timers.element().atTasks() <= nowTasks) {
            Timer due = timers.remove();
            due.loop().execute(due.task());
        }
    }

    /** A loop whose tasks may be dropped, as when its process dies, or stand still for a while. */
    final class SimulatedLoop implements TimedLoop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean dead;
        private boolean paused;

        @Override
        public boolean isCurrent() {
            return current == this;
        }

        @Override
        public void execute(Runnable task) {
            if (!dead) {
                tasks.add(task);
            }
        }

        @Override
        public void after(long delayMillis, Runnable task) {
            timers.add(new Timer(nowTasks + TASKS_PER_MILLI * delayMillis, timersSet++, this, task));
        }

        /** Others go on, and time does. */
        void pause(boolean pauses) {
            paused = pauses;
        }

        void kill() {
            dead = true;
            tasks.clear();
            loops.remove(this);
        }
    }
}

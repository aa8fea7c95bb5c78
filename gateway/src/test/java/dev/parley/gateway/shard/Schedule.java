package dev.parley.gateway.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Many loops in one thread: a seeded random decides which one runs its next task. */
final class Schedule {
    private final Random random;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private @Nullable SimulatedLoop current;

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
            ready.clear();
            for (SimulatedLoop loop : loops) {
                if (!loop.tasks.isEmpty()) {
                    ready.add(loop);
                }
            }
            if (ready.isEmpty()) {
                break;
            }
            SimulatedLoop loop = ready.get(random.nextInt(ready.size()));
            current = loop;
            loop.tasks.remove().run();
            current = null;
            ran++;
        }
        return ran;
    }

    /** A loop whose tasks may be dropped, as when its process dies. */
    final class SimulatedLoop implements Loop, Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean dead;

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

        void kill() {
            dead = true;
            tasks.clear();
            loops.remove(this);
        }
    }
}

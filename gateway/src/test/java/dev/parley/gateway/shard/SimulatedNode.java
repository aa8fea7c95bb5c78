package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.store.OperationStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A node of the simulation: two shards on loops of their own. It may stand still for a while, or die and start again. */
final class SimulatedNode {
    private final Schedule schedule;
    private final OperationStore store;
    private final Function<Schedule.SimulatedLoop, Shard> starts;
    private final List<Schedule.SimulatedLoop> loops = new ArrayList<>();
    private final List<Shard> shards = new ArrayList<>();
    private final List<Shard> dead = new ArrayList<>();
    private ShardGroup serving;

    /** {@code starts} makes a shard on a loop. */
    SimulatedNode(Schedule schedule, OperationStore store, Function<Schedule.SimulatedLoop, Shard> starts) {
        this.schedule = schedule;
        this.store = store;
        this.starts = starts;
        serving = start();
    }

    ShardGroup shards() {
        return serving;
    }

    OperationStore store() {
        return store;
    }

    /** All it ever ran. */
    List<Shard> all() {
        List<Shard> all = new ArrayList<>(dead);
        all.addAll(shards);
        return all;
    }

    void restart() {
        loops.forEach(Schedule.SimulatedLoop::kill);
        serving = start();
    }

    private ShardGroup start() {
        loops.clear();
        dead.addAll(shards);
        shards.clear();
        for (int i = 0; i < 2; i++) {
            Schedule.SimulatedLoop loop = schedule.loop();
            loops.add(loop);
            shards.add(starts.apply(loop));
        }
        return new ShardGroup(shards);
    }

    /** What is counted against limits is nothing when nothing is under way. */
    void requireNothingWaits() {
        for (Shard shard : shards) {
            assertThat(shard.queued()).as("queued").isZero();
            assertThat(shard.undurableBytes()).as("undurable bytes").isZero();
        }
    }

    void pause(boolean pauses) {
        loops.forEach(loop -> loop.pause(pauses));
    }
}

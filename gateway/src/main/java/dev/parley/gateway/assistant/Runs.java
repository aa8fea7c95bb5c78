package dev.parley.gateway.assistant;

import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.store.OperationStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The runs of this node. For any thread. */
public final class Runs {
    private final ShardGroup shards;
    private final OperationStore store;
    private final InstantSource clock;
    private final Map<RunName, Run> live = new ConcurrentHashMap<>();

    public Runs(ShardGroup shards, OperationStore store, InstantSource clock) {
        this.shards = shards;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Begins a run, or goes on with one: on {@code loop}, where {@code caller} is called too. An older request for the same
     * run ends first, so that two never write it at once.
     */
    public Run begin(RunRequest request, Loop loop, Run.Caller caller) {
        RunName name = request.name();
        Run run =
                new Run(request, shards.of(name.key()), store, clock, loop, caller, ended -> live.remove(name, ended));
        Run older = live.put(name, run);
        if (older == null) {
            run.open();
        } else {
            older.supersede(() -> loop.execute(run::open));
        }
        return run;
    }

    /** For metrics. */
    public int live() {
        return live.size();
    }
}

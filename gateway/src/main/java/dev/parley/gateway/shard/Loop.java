package dev.parley.gateway.shard;

import java.util.concurrent.Executor;

/** A single thread that runs tasks in the order they came. */
public interface Loop extends Executor {

    /** Whether the calling thread is this loop. */
    boolean isCurrent();

    /** Runs the task behind those that wait now. Only from a task of this loop. */
    default void atEndOfTurn(Runnable task) {
        execute(task);
    }
}

package dev.parley.gateway.shard;

/** A loop that also has a clock: what a shard lives on. */
public interface TimedLoop extends Loop {

    /** Runs the task on this loop when so much time has passed. */
    void after(long delayMillis, Runnable task);
}

package dev.parley.gateway.shard;

import java.util.concurrent.atomic.LongAdder;

/** What a shard has done since it started. Written on its loop, read by whoever measures. */
public final class ShardCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder opened = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder conflicts = new LongAdder();
    final LongAdder followed = new LongAdder();
    final LongAdder reoffered = new LongAdder();
    final LongAdder resynchronised = new LongAdder();

    public long accepted() {
        return accepted.sum();
    }

    public long rejected() {
        return rejected.sum();
    }

    public long refused() {
        return refused.sum();
    }

    /** Submissions that had been answered before, or whose outbox disagrees. */
    public long repeated() {
        return repeated.sum();
    }

    public long opened() {
        return opened.sum();
    }

    public long loads() {
        return loads.sum();
    }

    /** Appends that found another head in the store. */
    public long conflicts() {
        return conflicts.sum();
    }

    /** Entries that the store had lost and was offered again. */
    public long reoffered() {
        return reoffered.sum();
    }

    /** Logs that were found to be others than was known here, so that whoever listened began anew. */
    public long resynchronised() {
        return resynchronised.sum();
    }

    /** Entries of other nodes that a loaded conversation took in. */
    public long followed() {
        return followed.sum();
    }
}

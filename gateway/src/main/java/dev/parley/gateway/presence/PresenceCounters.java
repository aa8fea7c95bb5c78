package dev.parley.gateway.presence;

import java.util.concurrent.atomic.LongAdder;

/** How many of this node's connections are present, and what was dropped since it started. For any thread. */
public final class PresenceCounters {
    final LongAdder looking = new LongAdder();
    final LongAdder visiting = new LongAdder();
    final LongAdder dropped = new LongAdder();

    /** Conversations that are looked at, by each connection that does. */
    public long looking() {
        return looking.sum();
    }

    /** Connections of visitors that are on a page. */
    public long visiting() {
        return visiting.sum();
    }

    /** Signals and other requests past what a connection may say in a second. */
    public long dropped() {
        return dropped.sum();
    }
}

package dev.parley.gateway.transport;

import java.util.concurrent.atomic.LongAdder;

/** What the node's connections have done since it started. For any thread. */
public final class ConnectionCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder closed = new LongAdder();
    final LongAdder framesIn = new LongAdder();
    final LongAdder framesOut = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder lagged = new LongAdder();
    final LongAdder diverged = new LongAdder();
    final LongAdder tooSlow = new LongAdder();

    public long open() {
        return accepted.sum() - closed.sum();
    }

    public long framesIn() {
        return framesIn.sum();
    }

    /** Frames told to a connection; several may share a WebSocket message. */
    public long framesOut() {
        return framesOut.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    /** Connections that did something they may not. */
    public long failures() {
        return failures.sum();
    }

    /** Connections that acknowledged nothing, or took nothing, for too long. */
    public long tooSlow() {
        return tooSlow.sum();
    }

    /** Replicas that found themselves different from what the log says. */
    public long diverged() {
        return diverged.sum();
    }

    /** Times a conversation was withheld from a connection that was not writable. */
    public long lagged() {
        return lagged.sum();
    }
}

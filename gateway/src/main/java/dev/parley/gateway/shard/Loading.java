package dev.parley.gateway.shard;

import java.util.ArrayDeque;
import java.util.Deque;

/** A conversation on its way into memory, and the requests that wait for it, in their order. Owned by its shard. */
final class Loading {
    private final Deque<Command> waiting = new ArrayDeque<>();
    private final int losses;

    /** {@code losses}: how often in a row its appends have lost. */
    Loading(int losses) {
        this.losses = losses;
    }

    Deque<Command> waiting() {
        return waiting;
    }

    int losses() {
        return losses;
    }
}

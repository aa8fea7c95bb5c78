package dev.parley.gateway.shard;

import dev.parley.gateway.store.OutboxRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A conversation on its way into memory, and the requests that wait for it, in their order. Owned by its shard. */
final class Loading {
    private final Deque<Command> waiting = new ArrayDeque<>();
    private final List<OutboxRow> answered = new ArrayList<>();
    private final int losses;

    /** {@code losses}: how often in a row its appends have lost. */
    Loading(int losses) {
        this.losses = losses;
    }

    Deque<Command> waiting() {
        return waiting;
    }

    /** What the store was found to have meanwhile, which who only catches up with its entries does not learn. */
    List<OutboxRow> answered() {
        return answered;
    }

    int losses() {
        return losses;
    }
}

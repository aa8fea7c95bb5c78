package dev.parley.gateway.session;

import java.util.concurrent.atomic.LongAdder;

/** What was refused at this node since it started because somebody did or had too much. For any thread. */
public final class AccountCounters {
    final LongAdder operationsRefused = new LongAdder();
    final LongAdder principalsRefused = new LongAdder();
    final LongAdder addressesRefused = new LongAdder();

    /** Submissions and posts. */
    public long operationsRefused() {
        return operationsRefused.sum();
    }

    /** Connections of a principal. */
    public long principalsRefused() {
        return principalsRefused.sum();
    }

    /** Sockets from an address. */
    public long addressesRefused() {
        return addressesRefused.sum();
    }
}

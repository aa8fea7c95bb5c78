package dev.parley.gateway.transport;

/** When those who were turned away come again: not all at once. */
enum RetryDelay {
    STORE_AWAY(1_000, 4_000),
    /** A balancer finds another node. */
    DRAINED(1_000, 4_000),
    /** Connections end by themselves or not at all. */
    CROWDED(5_000, 10_000);

    private final int leastMillis;
    private final int spreadMillis;

    RetryDelay(int leastMillis, int spreadMillis) {
        this.leastMillis = leastMillis;
        this.spreadMillis = spreadMillis;
    }

    /** {@code hash} is another for each of them. */
    int millis(int hash) {
        return leastMillis + Math.floorMod(hash, spreadMillis);
    }
}

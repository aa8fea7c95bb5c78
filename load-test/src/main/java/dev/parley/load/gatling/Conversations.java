package dev.parley.load.gatling;

/** How many conversations an agent holds, all on one connection. */
public record Conversations(int count) {
    /** What a gateway allows one connection by default. */
    private static final int COUNT_MAX = 256;

    public Conversations {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException("a connection holds 1 to " + COUNT_MAX + " conversations");
        }
    }
}

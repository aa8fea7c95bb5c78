package dev.parley.load.gatling;

/** How many connections somebody has. */
public record Tabs(int count) {
    public Tabs {
        if (count < 1) {
            throw new IllegalArgumentException("at least one tab");
        }
    }
}

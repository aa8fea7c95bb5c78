package dev.parley.gateway.transport;

/** What became of frames for an event stream. */
public enum PostOutcome {
    TAKEN,
    /** Those before it have not been taken yet. */
    BUSY,
    /** There is no such stream any more. */
    GONE
}

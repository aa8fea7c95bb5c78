package dev.parley.gateway.store;

/** What became of one {@link Append}. */
public enum AppendResult {
    /** It is as durable as the store's level says. */
    STORED,
    /** The log does not end at the expected position; nothing was written. */
    CONFLICT
}

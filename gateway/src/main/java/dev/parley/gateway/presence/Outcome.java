package dev.parley.gateway.presence;

/** What became of a request. */
public enum Outcome {
    DONE,
    /** Nothing happened, and this was said a moment ago. */
    IGNORED,
    NOT_ALLOWED,
    TOO_MANY,
    MALFORMED
}

package dev.parley.gateway.session;

/** A token that is not good for a connection. The message never holds the token. */
public final class TokenException extends Exception {
    private static final long serialVersionUID = 1;

    /** Whether a fresh token of the same principal would do. */
    private final boolean expired;

    TokenException(String message, boolean expired) {
        super(message);
        this.expired = expired;
    }

    public boolean isExpired() {
        return expired;
    }
}

package dev.parley.gateway.store;

/** The store or the way to it failed; whether what it was asked for took place is unknown. */
public final class StoreFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

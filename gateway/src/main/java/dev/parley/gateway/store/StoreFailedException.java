package dev.parley.gateway.store;

/** The store gave up after an I/O error; whether its last batch survived is unknown. Only a restart brings it back. */
public final class StoreFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

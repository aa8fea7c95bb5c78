package dev.parley.gateway.store;

/** The store cannot be opened. The message is for the operator. */
public class StoreOpenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreOpenException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreOpenException(String message) {
        super(message);
    }
}

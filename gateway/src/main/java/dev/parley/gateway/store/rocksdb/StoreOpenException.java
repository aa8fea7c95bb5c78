package dev.parley.gateway.store.rocksdb;

/** The store in a folder cannot be opened. The message is for the operator. */
public class StoreOpenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreOpenException(String message, Throwable cause) {
        super(message, cause);
    }

    StoreOpenException(String message) {
        super(message);
    }
}

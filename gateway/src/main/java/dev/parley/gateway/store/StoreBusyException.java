package dev.parley.gateway.store;

/** The store has too much to do. Nothing was read or written; the same may be asked again later. */
public final class StoreBusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreBusyException(String message) {
        super(message);
    }
}

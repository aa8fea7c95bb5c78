package dev.parley.gateway.store;

/** The stored log of one conversation is not what was appended. It is quarantined: neither served nor written. */
public final class DamagedLogException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DamagedLogException(ConversationKey key, String what) {
        super("conversation " + key + " is damaged: " + what);
    }
}

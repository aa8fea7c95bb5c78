package dev.parley.gateway.store;

import java.util.Objects;

/** A conversation of a tenant. Nothing crosses from one tenant to another. */
public final class ConversationKey {
    private final String tenant;
    private final String conversation;
    /** It is looked up in several maps for each operation. */
    private final int hash;

    public ConversationKey(String tenant, String conversation) {
        this.tenant = Objects.requireNonNull(tenant);
        this.conversation = Objects.requireNonNull(conversation);
        this.hash = 31 * tenant.hashCode() + conversation.hashCode();
    }

    public String tenant() {
        return tenant;
    }

    public String conversation() {
        return conversation;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ConversationKey key
                        && hash == key.hash
                        && conversation.equals(key.conversation)
                        && tenant.equals(key.tenant));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return tenant + "/" + conversation;
    }
}

package dev.parley.gateway.session;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;

/** Tenant, subject and role, from a verified token that is good until {@code expiresAtMillis}. */
public record Principal(String tenant, Author author, long expiresAtMillis) {

    public String subject() {
        return author.subject();
    }

    public Role role() {
        return author.role();
    }
}

package dev.parley.gateway.store;

/** A conversation of a tenant. Nothing crosses from one tenant to another. */
public record ConversationKey(String tenant, String conversation) {}

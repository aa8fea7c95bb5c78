package dev.parley.gateway.store;

/** The part of a log that can be cut off: the entries after {@code horizon}, where it begins, up to its snapshot; 0: there is none. */
public record LogExtent(ConversationKey key, long horizon, long snapshot) {}

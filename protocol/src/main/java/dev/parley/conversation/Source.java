package dev.parley.conversation;

/** What brought an entry about. */
public enum Source {
    HUMAN,
    AI,
    BACKEND
}

package dev.parley.conversation;

public enum BlockKind {
    MESSAGE,
    DRAFT,
    NOTE,
    TOPIC,
    SECTION,
    SUGGESTION
}

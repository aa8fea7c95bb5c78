package dev.parley.conversation;

/** A conversation as the agents' list shows it. {@code lastText} is of the last public message, shortened. */
public record ConversationSummary(
        String conversation,
        String visitor,
        String visitorName,
        String state,
        String assignee,
        String lastText,
        Role lastRole,
        long lastTimeMillis,
        long revision) {}

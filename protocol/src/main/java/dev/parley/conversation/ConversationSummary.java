package dev.parley.conversation;

import java.util.List;
import java.util.Set;

/**
 * A conversation as the agents' list shows it. {@code lastText} is of the last public message, shortened; {@code kind} as the
 * attribute of that name, with {@link #CHAT} for none; {@code tags} are sorted.
 */
public record ConversationSummary(
        String conversation,
        String kind,
        String visitor,
        String visitorName,
        String state,
        String assignee,
        String title,
        List<String> tags,
        String lastText,
        Role lastRole,
        long lastTimeMillis,
        long revision) {

    /** The kind of a conversation that says none. */
    public static final String CHAT = "CHAT";

    public static final String ARTICLE = "ARTICLE";

    /** Each has a list of its own. */
    public static final Set<String> KINDS = Set.of(CHAT, ARTICLE);
}

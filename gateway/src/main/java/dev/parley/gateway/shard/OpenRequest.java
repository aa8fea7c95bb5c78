package dev.parley.gateway.shard;

import dev.parley.conversation.Position;
import dev.parley.gateway.store.ConversationKey;
import java.util.List;

/**
 * What a subscriber asks when it opens or resumes. {@code kind} is set where it opens a conversation by {@code name}, which
 * the first such open creates: CHAT for a visitor's own, ARTICLE for the tenant's; empty otherwise. With {@code pending} work the replica wants entries as far as the log
 * goes; {@code outboxes} are those whose last answer it wants to know.
 */
public record OpenRequest(
        ConversationKey key, String kind, String name, Position position, boolean pending, List<String> outboxes) {}

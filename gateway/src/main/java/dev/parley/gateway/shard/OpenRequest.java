package dev.parley.gateway.shard;

import dev.parley.conversation.Position;
import dev.parley.gateway.store.ConversationKey;
import java.util.List;

/**
 * What a subscriber asks when it opens or resumes. {@code named} is set where a visitor opens a conversation of its own by
 * {@code name}, which the first such open creates. With {@code pending} work the replica wants entries as far as the log
 * goes; {@code outboxes} are those whose last answer it wants to know.
 */
public record OpenRequest(
        ConversationKey key, boolean named, String name, Position position, boolean pending, List<String> outboxes) {}

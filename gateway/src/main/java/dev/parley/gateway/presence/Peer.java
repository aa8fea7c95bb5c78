package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.View;
import org.jspecify.annotations.Nullable;

/** Somebody who looks at a conversation; {@code typing} for whom to know, null for no typing. */
public record Peer(
        Author author, @Nullable View typing, @Nullable Cursor cursor) {}

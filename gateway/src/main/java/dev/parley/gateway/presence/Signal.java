package dev.parley.gateway.presence;

import dev.parley.conversation.View;
import org.jspecify.annotations.Nullable;

/** What somebody who looks at a conversation does there. Nothing is idle. */
public record Signal(@Nullable View typing, @Nullable Cursor cursor) {
    static final Signal IDLE = new Signal(null, null);
}

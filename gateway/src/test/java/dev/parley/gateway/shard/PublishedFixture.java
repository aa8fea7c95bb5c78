package dev.parley.gateway.shard;

import dev.parley.conversation.View;
import dev.parley.gateway.store.LoggedEntry;
import java.util.List;

/** Publications for tests of other packages. */
public final class PublishedFixture {
    private PublishedFixture() {}

    public static Published published(int handle, View view, long from, List<LoggedEntry> entries) {
        return new Published(handle, view, from, entries.get(entries.size() - 1).position(), entries);
    }
}

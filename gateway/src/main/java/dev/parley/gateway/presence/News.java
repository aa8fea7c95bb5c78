package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import java.util.List;

/** What presence has to tell a watcher. Immutable. */
public sealed interface News {

    /** Who looks at a conversation, instead of who did; {@code more} are there than are listed. */
    record Peers(int handle, List<Peer> peers, boolean more) implements News {}

    /** What goes on at the site: all of it, or rows instead of those of the same name. */
    record Site(boolean whole, List<PageVisitors> pages, List<Waiting> queue, List<Viewers> viewers) implements News {
        boolean isEmpty() {
            return pages.isEmpty() && queue.isEmpty() && viewers.isEmpty();
        }
    }

    /** {@code visitors} 0: none any more. */
    record PageVisitors(String page, String title, int visitors) {}

    /** An empty rank: the conversation does not wait any more. */
    record Waiting(String conversation, String rank) {}

    /** Who looks at a conversation, if any of the staff does; else nobody. */
    record Viewers(String conversation, List<Author> viewers) {}
}

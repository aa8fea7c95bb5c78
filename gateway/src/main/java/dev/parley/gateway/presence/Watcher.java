package dev.parley.gateway.presence;

import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Loop;

/** A connection as presence sees it. */
public interface Watcher {

    Principal principal();

    /** Where {@link #tell} wants to be called. */
    Loop loop();

    void tell(News news);
}

package dev.parley.gateway.shard;

import dev.parley.gateway.session.Principal;

/** A connection as the shards see it. */
public interface Subscriber {

    Principal principal();

    /** Where {@link #deliver} wants to be called. */
    Loop loop();

    /** Nothing reaches it any more. From any thread. */
    boolean isGone();

    /** On {@link #loop}, in the order in which a shard decided. */
    void deliver(Delivery delivery);
}

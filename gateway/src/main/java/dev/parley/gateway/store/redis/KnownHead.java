package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Chain;

/** Where a log ends, as far as this node knows: the revision of its snapshot, and the visitor it is filed under. */
record KnownHead(Chain chain, long snapshot, String visitor) {
    static final KnownHead START = new KnownHead(Chain.START, 0, "");
}

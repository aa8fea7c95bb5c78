/**
 * Where order is decided: each conversation belongs to one shard, and everything about it happens on that shard's loop.
 * Subscribers and stores are interfaces to it; it knows no Channel, no ByteBuf and no bytes of the wire but the encoded
 * entries it passes on.
 */
@NullMarked
package dev.parley.gateway.shard;

import org.jspecify.annotations.NullMarked;

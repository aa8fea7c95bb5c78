/**
 * Where logs are kept: the interface that the shards append through and its records. Calls come from any thread and never
 * block; stages complete on the store's own threads. It knows conversations, not sessions, shards or sockets.
 */
@NullMarked
package dev.parley.gateway.store;

import org.jspecify.annotations.NullMarked;

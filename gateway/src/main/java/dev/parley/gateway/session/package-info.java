/**
 * Who is asking: principals from verified tokens, what each role may do, the limits, and who is connected. Pure, or safe
 * for any thread. It knows conversations, not shards or sockets.
 */
@NullMarked
package dev.parley.gateway.session;

import org.jspecify.annotations.NullMarked;

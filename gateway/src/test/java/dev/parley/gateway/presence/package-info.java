/** Nodes in one thread, with a clock that the test moves and messages that it loses, doubles and reorders. */
@NullMarked
package dev.parley.gateway.presence;

import org.jspecify.annotations.NullMarked;

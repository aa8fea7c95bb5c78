/**
 * Who is here: who looks at a conversation and types in it, which pages visitors are on, which conversations wait. Latest
 * values that are in no log; nodes share them as values that merge. A tenant's part is guarded by itself and touched by
 * connections, by one beat and by other nodes' messages; connections are called on their own loops. It knows neither Netty
 * nor how frames look.
 */
@NullMarked
package dev.parley.gateway.presence;

import org.jspecify.annotations.NullMarked;

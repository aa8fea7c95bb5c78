/**
 * Values that several writers change at once and merge without an order between them: for what is in no log, such as who
 * is here. State-based: {@code merge} is commutative, associative and idempotent, so that states and deltas may be lost,
 * doubled and reordered as long as something newer comes in the end. All of it is immutable, on any thread. It knows the
 * JDK only: neither texts nor conversations nor the wire.
 */
@NullMarked
package dev.parley.crdt;

import org.jspecify.annotations.NullMarked;

/**
 * A conversation as everybody understands it: blocks, operations, entries, and how effects are moved past each other and
 * applied. Values are immutable and belong to no thread; {@link dev.parley.conversation.ConversationState} and {@link
 * dev.parley.conversation.Replica} are owned by one thread at a time. It knows neither the wire nor the gateway.
 */
@NullMarked
package dev.parley.conversation;

import org.jspecify.annotations.NullMarked;

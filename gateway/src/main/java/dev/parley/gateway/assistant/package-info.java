/**
 * Text of assistants: runs that stream it into a draft, and the assistants that come with the gateway. A run lives on the
 * loop of the connection that brings its text and submits as everybody does; assistants have threads of their own and speak
 * to the gateway over HTTP. It knows shards and stores, and neither Netty nor routes.
 */
@NullMarked
package dev.parley.gateway.assistant;

import org.jspecify.annotations.NullMarked;

/**
 * The wire: protobuf messages to and from the model, close codes, the protocol's version. Pure functions for any thread.
 * Everything that comes in is checked here for shape and bounds; it knows neither sockets nor who may do what.
 */
@NullMarked
package dev.parley.wire;

import org.jspecify.annotations.NullMarked;

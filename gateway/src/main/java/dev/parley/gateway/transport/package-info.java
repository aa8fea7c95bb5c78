/**
 * The socket's side: Netty pipelines, frames in and out, one {@link dev.parley.gateway.transport.Connection} a socket.
 * Everything of a connection happens on its event loop. It decides no permission and no order.
 */
@NullMarked
package dev.parley.gateway.transport;

import org.jspecify.annotations.NullMarked;

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Answers requests with something that goes on, and so keeps their socket. On the event loop of the connection. */
public interface SocketRoute {

    boolean takes(HttpRequest head);

    /**
     * Removes the context's handler and puts its own in its place, or answers with a page and leaves all as it is. The
     * request is released when this returns.
     */
    @Nullable Page begin(ChannelHandlerContext ctx, Loop loop, FullHttpRequest request);
}

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.CompletionStage;

/** Answers requests with something that goes on, and so keeps their socket. On the event loop of the connection. */
public interface SocketRoute {

    boolean takes(HttpRequest head);

    /**
     * Whether the request may have the socket, and what takes it then; fails as endpoints do if it may not. The request is
     * released when this returns. Completes on any thread.
     */
    CompletionStage<Taker> begin(Loop loop, FullHttpRequest request);

    /** Removes the context's handler and puts its own in its place, or throws a {@link ProblemException} before that. */
    interface Taker {
        void take(ChannelHandlerContext ctx);
    }
}

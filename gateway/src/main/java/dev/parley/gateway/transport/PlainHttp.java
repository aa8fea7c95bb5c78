package dev.parley.gateway.transport;

import dev.parley.gateway.shard.Loop;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpRequest;

/** The side of the port that is not WebSocket. For any thread. */
public interface PlainHttp {

    /** Takes the requests of one socket, each whole or, where it {@link #streams}, in pieces. */
    ChannelHandler handler(Loop loop);

    /** Whether the body of a request with this head is to be handed on as it comes. */
    boolean streams(HttpRequest head);
}

package dev.parley.gateway.transport;

import dev.parley.wire.CloseCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.InstantSource;

/**
 * Ends connections that are well formed and yet an attack: floods of pings, messages in endless fragments, and text, which
 * Parley never speaks. On the event loop.
 */
final class WebSocketGuard extends ChannelInboundHandlerAdapter {
    private static final int PINGS_PER_SECOND_MAX = 10;
    private static final int FRAGMENTS_PER_MESSAGE_MAX = 64;

    private final InstantSource clock;
    private long second;
    private int pings;
    private int fragments;
    private boolean closed;

    WebSocketGuard(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!(message instanceof WebSocketFrame frame)) {
            super.channelRead(ctx, message);
            return;
        }
        if (closed || isForbidden(frame)) {
            ReferenceCountUtil.release(frame);
            if (!closed) {
                closed = true;
                Connection.close(ctx.channel(), CloseCode.PROTOCOL_ERROR);
            }
            return;
        }
        super.channelRead(ctx, message);
    }

    private boolean isForbidden(WebSocketFrame frame) {
        if (frame instanceof PingWebSocketFrame) {
            long now = clock.millis() / 1_000;
            pings = now == second ? pings + 1 : 1;
            second = now;
            return pings > PINGS_PER_SECOND_MAX;
        }
        if (frame instanceof ContinuationWebSocketFrame) {
            fragments = frame.isFinalFragment() ? 0 : fragments + 1;
            return fragments > FRAGMENTS_PER_MESSAGE_MAX;
        }
        return frame instanceof TextWebSocketFrame;
    }
}

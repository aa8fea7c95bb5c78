package dev.parley.gateway.transport;

import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.FailureCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Tells a socket from an address that has too many when to come again, at its first request, or at its Hello if it became a
 * WebSocket: a page reads nothing of an upgrade that failed. On the event loop.
 */
final class TurnedAway extends ChannelInboundHandlerAdapter {
    private static final int HELLO_TIMEOUT_MILLIS = 10_000;
    private static final int SECOND_MILLIS = 1_000;

    private final int delayMillis;
    private boolean isWebSocket;
    private boolean answered;

    TurnedAway(int delayMillis) {
        this.delayMillis = delayMillis;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof HandshakeComplete) {
            isWebSocket = true;
            ctx.executor().schedule(() -> tell(ctx), HELLO_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    private void tell(ChannelHandlerContext ctx) {
        if (!answered) {
            answered = true;
            Connection.fail(
                    ctx.channel(),
                    FrameEncoder.comeLater(FailureCode.TOO_MANY, delayMillis),
                    CloseCode.TRY_AGAIN_LATER);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        if (isWebSocket) {
            tell(ctx);
        } else if (!answered && message instanceof HttpRequest) {
            answered = true;
            DefaultFullHttpResponse answer =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.TOO_MANY_REQUESTS);
            answer.headers()
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, 0)
                    .setInt(HttpHeaderNames.RETRY_AFTER, (delayMillis + SECOND_MILLIS - 1) / SECOND_MILLIS)
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            LingeringClose.after(ctx.writeAndFlush(answer));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}

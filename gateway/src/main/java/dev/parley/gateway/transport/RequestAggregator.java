package dev.parley.gateway.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Makes whole requests, but for those whose body is read as it comes. On the event loop. */
final class RequestAggregator extends HttpObjectAggregator {
    private final PlainHttp http;

    RequestAggregator(int bodyBytesMax, PlainHttp http) {
        super(bodyBytesMax);
        this.http = http;
    }

    /** A client that waits for leave to send, or sends all that it announced, may go on with its next request. */
    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) throws Exception {
        boolean goesOn = HttpUtil.is100ContinueExpected(oversized) || HttpUtil.isKeepAlive(oversized);
        if (goesOn && !(oversized instanceof FullHttpMessage)) {
            super.handleOversizedMessage(ctx, oversized);
            return;
        }
        DefaultFullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        answer.headers()
                .setInt(HttpHeaderNames.CONTENT_LENGTH, 0)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        LingeringClose.after(ctx.writeAndFlush(answer));
    }

    @Override
    protected boolean isStartMessage(HttpObject message) throws Exception {
        return super.isStartMessage(message) && !(message instanceof HttpRequest head && http.streams(head));
    }
}

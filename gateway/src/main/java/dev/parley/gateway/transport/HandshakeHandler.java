package dev.parley.gateway.transport;

import dev.parley.gateway.session.Origins;
import dev.parley.wire.ProtocolVersion;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a socket a WebSocket or one of plain requests, by its first request. Lets an upgrade through only from an allowed
 * origin and with Parley's subprotocol: any web page can reach a gateway that its visitor can reach. A socket that has not
 * sent a request in time, however slowly it trickles, is closed. On the event loop.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    static final String PATH = "/ws";

    private static final int FIRST_REQUEST_TIMEOUT_MILLIS = 10_000;

    private final Origins origins;
    private final Consumer<ChannelPipeline> webSocket;
    private final Consumer<ChannelPipeline> upgraded;
    private final Consumer<ChannelPipeline> plain;
    private @Nullable Future<?> firstRequestTimeout;
    private boolean decided;

    /**
     * {@code webSocket} and {@code plain} add what takes the messages from here on; {@code upgraded} removes what was for
     * requests, when the last one is answered.
     */
    HandshakeHandler(
            Origins origins,
            Consumer<ChannelPipeline> webSocket,
            Consumer<ChannelPipeline> upgraded,
            Consumer<ChannelPipeline> plain) {
        this.origins = origins;
        this.webSocket = webSocket;
        this.upgraded = upgraded;
        this.plain = plain;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        firstRequestTimeout =
                ctx.executor().schedule(() -> ctx.close(), FIRST_REQUEST_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (firstRequestTimeout != null) {
            firstRequestTimeout.cancel(false);
            firstRequestTimeout = null;
        }
        if (!decided && message instanceof FullHttpRequest request && isUpgrade(request)) {
            if (!origins.allows(request.headers().getAllAsString(HttpHeaderNames.ORIGIN))) {
                refuse(ctx, request, HttpResponseStatus.FORBIDDEN);
                return;
            }
            if (!offersSubprotocol(request)) {
                refuse(ctx, request, HttpResponseStatus.BAD_REQUEST);
                return;
            }
            decided = true;
            webSocket.accept(ctx.pipeline());
            super.channelRead(ctx, message);
            upgraded.accept(ctx.pipeline());
            ctx.pipeline().remove(this);
            return;
        } else if (!decided) {
            decided = true;
            plain.accept(ctx.pipeline());
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (decided) {
            super.exceptionCaught(ctx, cause);
        } else {
            ctx.close();
        }
    }

    /** As the protocol handler behind sees it, which must not get one that was not checked here. */
    private static boolean isUpgrade(FullHttpRequest request) {
        return request.uri().startsWith(PATH);
    }

    private static boolean offersSubprotocol(FullHttpRequest request) {
        return request.headers().getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .anyMatch(offered -> offered.strip().equals(ProtocolVersion.SUBPROTOCOL));
    }

    /** What comes behind it is for nobody. */
    private void refuse(ChannelHandlerContext ctx, FullHttpRequest request, HttpResponseStatus status) {
        decided = true;
        ReferenceCountUtil.release(request);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        LingeringClose.after(ctx.writeAndFlush(response));
    }
}

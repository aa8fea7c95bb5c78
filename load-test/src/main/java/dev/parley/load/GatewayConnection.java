package dev.parley.load;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.ServerFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One WebSocket to a gateway: frames out, frames in, and how it ended. All on its event loop. */
final class GatewayConnection {
    /** As the RFC has it for a connection that ended without a close frame. */
    static final int ABNORMAL_CLOSURE = 1006;

    private static final int MESSAGE_BYTES_MAX = 256 << 20;
    private static final int CONNECT_MILLIS_MAX = 20_000;

    private final Listener listener;
    private @Nullable Channel channel;
    private boolean ended;
    private int closeCode = ABNORMAL_CLOSURE;

    interface Listener {
        void connected();

        void received(ServerFrames frames);

        /** Once, and nothing after it. Not called after {@link #cut} or {@link #close}. */
        void ended(int closeCode);

        /** What came was not what the protocol says, or the listener failed on it. */
        void failed(Throwable cause);
    }

    private GatewayConnection(Listener listener) {
        this.listener = listener;
    }

    static GatewayConnection open(EventLoop loop, URI url, Listener listener) {
        GatewayConnection connection = new GatewayConnection(listener);
        new Bootstrap()
                .group(loop)
                .channel(Transport.socket())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connection.initialise(channel, url);
                    }
                })
                .connect(url.getHost(), url.getPort())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        connection.end();
                    }
                });
        return connection;
    }

    private void initialise(Channel opened, URI url) {
        channel = opened;
        if (ended) {
            opened.close();
            return;
        }
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(url)
                .subprotocol(ProtocolVersion.SUBPROTOCOL)
                .customHeaders(EmptyHttpHeaders.INSTANCE)
                .generateOriginHeader(false)
                .maxFramePayloadLength(MESSAGE_BYTES_MAX)
                .handleCloseFrames(false)
                .sendCloseFrame(null)
                .handshakeTimeoutMillis(CONNECT_MILLIS_MAX)
                .build();
        opened.pipeline()
                .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(64 * 1024),
                        new WebSocketClientProtocolHandler(config),
                        new WebSocketFrameAggregator(MESSAGE_BYTES_MAX),
                        new FrameHandler());
    }

    void send(List<ClientFrame> frames) {
        if (channel != null && !ended) {
            byte[] bytes =
                    ClientFrames.newBuilder().addAllFrames(frames).build().toByteArray();
            channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
        }
    }

    /** Whether anything is read; what is not fills the buffers on the way, and the other side notices. */
    void read(boolean reads) {
        if (channel != null) {
            channel.config().setAutoRead(reads);
        }
    }

    /** Ends it as a broken network would: whatever is on the way is lost, the other side hears a reset. */
    void cut() {
        ended = true;
        if (channel != null && channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    void close() {
        if (channel != null && !ended) {
            Channel open = channel;
            open.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                    .addListener(written -> open.close());
        }
        ended = true;
    }

    private void end() {
        if (!ended) {
            ended = true;
            listener.ended(closeCode);
        }
    }

    private final class FrameHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && !ended) {
                listener.connected();
            } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
                context.close();
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame)
                throws InvalidProtocolBufferException, WireException {
            if (ended) {
                return;
            }
            if (frame instanceof BinaryWebSocketFrame) {
                listener.received(KeystrokesCodec.unpacked(
                        ServerFrames.parseFrom(frame.content().nioBuffer())));
            } else if (frame instanceof CloseWebSocketFrame close) {
                closeCode = close.statusCode();
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            boolean network = cause instanceof IOException && !(cause instanceof InvalidProtocolBufferException);
            if (!network && !(cause instanceof WebSocketHandshakeException) && !ended) {
                listener.failed(cause);
            }
            context.close();
        }
    }
}

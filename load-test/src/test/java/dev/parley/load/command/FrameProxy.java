package dev.parley.load.command;

import dev.parley.load.Transport;
import dev.parley.wire.v1.ServerFrames;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A way to a gateway that tampers with what the gateway says, as no network does: messages come to clients as {@code
 * tampering} makes them. Its connections live on one event loop.
 */
final class FrameProxy implements AutoCloseable {
    private static final int FRAME_BYTES_MAX = 16 << 20;
    private static final String HEADERS_END = "\r\n\r\n";

    private final EventLoopGroup group = Transport.oneLoop();
    private final Channel listener;

    FrameProxy(URI gateway, Function<ServerFrames, List<ServerFrames>> tampering) {
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(Transport.serverSocket())
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client, gateway, tampering);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    /** Lets everything through but the nth message with entries that came by themselves, over all connections. */
    static Function<ServerFrames, List<ServerFrames>> dropping(int nth) {
        return atEntries(nth, frames -> List.of());
    }

    /** Lets everything through, and the nth message with entries that came by themselves twice. */
    static Function<ServerFrames, List<ServerFrames>> doubling(int nth) {
        return atEntries(nth, frames -> List.of(frames, frames));
    }

    private static Function<ServerFrames, List<ServerFrames>> atEntries(
            int nth, Function<ServerFrames, List<ServerFrames>> then) {
        AtomicInteger seen = new AtomicInteger();
        return frames ->
                frames.getFramesList().stream().anyMatch(frame -> frame.hasEntries()) && seen.incrementAndGet() == nth
                        ? then.apply(frames)
                        : List.of(frames);
    }

    URI webSocket() {
        return URI.create("ws://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort() + "/ws");
    }

    private static void connect(Channel client, URI gateway, Function<ServerFrames, List<ServerFrames>> tampering) {
        new Bootstrap()
                .group(client.eventLoop())
                .channel(Transport.socket())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel server) {
                        server.pipeline().addLast(new Headers(client), new Messages(client, tampering));
                    }
                })
                .connect(gateway.getHost(), gateway.getPort())
                .addListener((io.netty.channel.ChannelFuture connected) -> {
                    client.pipeline().addLast(new Bytes(connected.channel()));
                    client.config().setAutoRead(true);
                });
    }

    /** What a client says, as it is. */
    private static final class Bytes extends ChannelInboundHandlerAdapter {
        private final Channel to;

        Bytes(Channel to) {
            this.to = to;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            to.writeAndFlush(bytes);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            to.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** The answer to the upgrade, as it is; frames begin after it. */
    private static final class Headers extends ByteToMessageDecoder {
        private final Channel client;

        Headers(Channel client) {
            this.client = client;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int end = in.toString(StandardCharsets.US_ASCII).indexOf(HEADERS_END);
            if (end >= 0) {
                client.writeAndFlush(in.readRetainedSlice(end + HEADERS_END.length()));
                client.pipeline().addFirst(new WebSocket13FrameEncoder(false));
                context.pipeline()
                        .addAfter(context.name(), "frames", new WebSocket13FrameDecoder(false, false, FRAME_BYTES_MAX));
                context.pipeline().remove(this);
            }
        }
    }

    private static final class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final Channel client;
        private final Function<ServerFrames, List<ServerFrames>> tampering;

        Messages(Channel client, Function<ServerFrames, List<ServerFrames>> tampering) {
            this.client = client;
            this.tampering = tampering;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) throws Exception {
            if (frame instanceof BinaryWebSocketFrame && frame.isFinalFragment()) {
                ServerFrames frames = ServerFrames.parseFrom(frame.content().nioBuffer());
                for (ServerFrames passed : tampering.apply(frames)) {
                    client.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(passed.toByteArray())));
                }
            } else {
                client.writeAndFlush(frame.retain());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            client.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        listener.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

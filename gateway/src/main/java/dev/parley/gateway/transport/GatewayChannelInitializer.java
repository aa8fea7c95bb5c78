package dev.parley.gateway.transport;

import dev.parley.gateway.session.Account;
import dev.parley.gateway.session.Origins;
import dev.parley.gateway.shard.Loop;
import dev.parley.wire.ProtocolVersion;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The pipeline of a socket, in the order of the wire. */
final class GatewayChannelInitializer extends ChannelInitializer<SocketChannel> {
    private static final int HANDSHAKE_TIMEOUT_MILLIS = 10_000;

    /** So many sockets at once are told why they are turned away; further ones are closed without a word. */
    private static final int TURNED_AWAY_MAX = 1_000;

    private final EventLoops loops;
    private final Node node;
    private final Origins origins;
    private final PlainHttp http;
    private final WebSocketServerProtocolConfig webSocketConfig;
    private final AtomicInteger turnedAway = new AtomicInteger();

    /** {@code http} answers what is not an upgrade. */
    GatewayChannelInitializer(EventLoops loops, Node node, Origins origins, PlainHttp http) {
        this.loops = loops;
        this.node = node;
        this.origins = origins;
        this.http = http;
        this.webSocketConfig = webSocketConfig(node.limits().frameBytesMax());
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        boolean isCrowded = isCrowded(channel);
        if (isCrowded && !mayBeTold(channel)) {
            channel.close();
            return;
        }
        Loop loop = loops.loopOf(channel.eventLoop());
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new LingeringClose());
        pipeline.addLast(idleness(node.limits().heartbeatMillis()));
        pipeline.addLast(new HttpServerCodec());
        pipeline.addLast(new CorsHandler(origins));
        pipeline.addLast(new RequestAggregator(node.limits().frameBytesMax(), http));
        pipeline.addLast(new HandshakeHandler(
                origins,
                webSocket ->
                        addWebSocket(webSocket, isCrowded ? turnedAway(channel) : new ConnectionHandler(loop, node)),
                this::removeHttp,
                plain -> plain.addLast(isCrowded ? turnedAway(channel) : http.handler(loop))));
    }

    /** The codec and the aggregator went with the handshake. Who takes nothing is noticed by the connection itself. */
    private void removeHttp(ChannelPipeline pipeline) {
        pipeline.remove(CorsHandler.class);
        if (pipeline.get(WebSocketServerProtocolHandler.class) != null) {
            pipeline.remove(WebSocketServerProtocolHandler.class);
        }
        long silentMillis = 2L * node.limits().heartbeatMillis();
        pipeline.replace(IdleStateHandler.class, null, new IdleStateHandler(silentMillis, 0, 0, TimeUnit.MILLISECONDS));
    }

    /** Whether the address has as many sockets as it may; else this is counted as one of them. */
    private boolean isCrowded(SocketChannel channel) {
        InetSocketAddress address = channel.remoteAddress();
        if (!node.accounts().countsAddresses() || address == null) {
            return false;
        }
        Account account = node.accounts().connect(address.getAddress());
        if (account != null) {
            channel.closeFuture().addListener(closed -> account.disconnect());
        }
        return account == null;
    }

    private boolean mayBeTold(SocketChannel channel) {
        channel.closeFuture().addListener(closed -> turnedAway.decrementAndGet());
        return turnedAway.incrementAndGet() <= TURNED_AWAY_MAX;
    }

    private static ChannelHandler turnedAway(SocketChannel channel) {
        return new TurnedAway(RetryDelay.CROWDED.millis(channel.id().hashCode()));
    }

    private void addWebSocket(ChannelPipeline pipeline, ChannelHandler last) {
        pipeline.addLast(new WebSocketServerProtocolHandler(webSocketConfig));
        pipeline.addLast(new FrameReader(node.clock(), node.limits().frameBytesMax()));
        pipeline.addLast(last);
    }

    /** Notices in two heartbeats who says nothing, and in one that an answer which does not end says nothing. */
    static IdleStateHandler idleness(long heartbeatMillis) {
        return new IdleStateHandler(true, 2 * heartbeatMillis, heartbeatMillis, 0, TimeUnit.MILLISECONDS);
    }

    /** Text is refused, so nothing is looked at as such. */
    private static WebSocketServerProtocolConfig webSocketConfig(int frameBytesMax) {
        return WebSocketServerProtocolConfig.newBuilder()
                .websocketPath(HandshakeHandler.PATH)
                .checkStartsWith(true)
                .subprotocols(ProtocolVersion.SUBPROTOCOL)
                .handshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MILLIS)
                .sendCloseFrame(null)
                .decoderConfig(WebSocketDecoderConfig.newBuilder()
                        .maxFramePayloadLength(frameBytesMax)
                        .allowExtensions(false)
                        .expectMaskedFrames(true)
                        .closeOnProtocolViolation(false)
                        .withUTF8Validator(false)
                        .build())
                .build();
    }
}

package dev.parley.gateway.transport;

import dev.parley.gateway.session.Origins;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;

/** The listening socket. */
public final class WebSocketListener implements AutoCloseable {
    /** Past this much unsent a connection is told nothing more until it has drained to the low mark. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int BACKLOG = 4_096;

    private final Channel channel;

    /** Throws the exception of the bind, a {@link java.net.BindException} where the port is taken. */
    public WebSocketListener(
            InetSocketAddress address, EventLoops loops, Node node, Origins origins, ChannelHandler http)
            throws InterruptedException {
        channel = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childHandler(new GatewayChannelInitializer(loops, node, origins, http))
                .bind(address)
                .sync()
                .channel();
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}

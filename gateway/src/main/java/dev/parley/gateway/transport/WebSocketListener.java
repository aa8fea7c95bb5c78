package dev.parley.gateway.transport;

import dev.parley.gateway.session.Origins;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.BindException;
import java.net.InetSocketAddress;

/** The listening socket. */
public final class WebSocketListener implements AutoCloseable {
    /** Past this much unsent a connection is told nothing more until it has drained to the low mark. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final int BACKLOG = 4_096;

    private final Channel channel;

    /** Throws a {@link BindException} that names the address where it cannot be listened on. */
    public WebSocketListener(InetSocketAddress address, EventLoops loops, Node node, Origins origins, PlainHttp http)
            throws InterruptedException, BindException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childHandler(new GatewayChannelInitializer(loops, node, origins, http))
                .bind(address)
                .await();
        if (!bound.isSuccess()) {
            // Each transport has exceptions of its own for this.
            BindException failure = new BindException("cannot listen on " + address.getHostString() + ":"
                    + address.getPort() + ": " + bound.cause().getMessage());
            failure.initCause(bound.cause());
            throw failure;
        }
        channel = bound.channel();
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}

package dev.parley.load;

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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network between clients and a server that does as a test says: breaks, swallows, holds back, delays. Methods are for any
 * other thread than its loop's and return when they have taken effect.
 */
final class TcpProxy implements AutoCloseable {
    /** Small, so that what is held back is soon felt by who sends. */
    private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;

    private final EventLoopGroup group = Transport.oneLoop();
    private final int serverPort;
    private final Channel listener;
    private final Set<Link> links = new LinkedHashSet<>();
    private final boolean redis;
    private RedisLosses redisLosses = RedisLosses.NONE;
    private boolean closedToNew;
    private int delayMillis;
    private int cuts;

    enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private TcpProxy(int serverPort, boolean redis) {
        this.serverPort = serverPort;
        this.redis = redis;
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(Transport.serverSocket())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        accept(client);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    static TcpProxy to(int serverPort) {
        return new TcpProxy(serverPort, false);
    }

    /** To a Redis, whose words it understands. */
    static TcpProxy toRedis(int serverPort) {
        return new TcpProxy(serverPort, true);
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    URI webSocket() {
        return URI.create("ws://127.0.0.1:" + port() + "/ws");
    }

    /** Resets all connections. */
    void cut() {
        onLoop(() -> List.copyOf(links).forEach(Link::cut));
    }

    /** Resets each present connection when this many more bytes of it have passed; 0 when the next byte comes. */
    void cutAfter(Direction direction, long bytes) {
        onLoop(() -> links.forEach(link -> link.of(direction).remaining = bytes));
    }

    /** Whether new connections are turned away. */
    void closeToNew(boolean closed) {
        onLoop(() -> closedToNew = closed);
    }

    /** Whether what comes in this direction on the present connections disappears, while its sender thinks it was sent. */
    void swallow(Direction direction, boolean swallows) {
        onLoop(() -> links.forEach(link -> link.of(direction).swallows = swallows));
    }

    /** Whether nothing more is taken from the senders of this direction, so that they fill up. */
    void hold(Direction direction, boolean holds) {
        onLoop(() -> links.forEach(link -> link.of(direction).hold(holds)));
    }

    /** How late everything arrives from now on. */
    void delay(int millis) {
        onLoop(() -> delayMillis = millis);
    }

    /** What of the words of Redis is lost from now on. */
    void lose(RedisLosses losses) {
        onLoop(() -> redisLosses = losses);
    }

    /** How many connections were reset so far, by whatever order. */
    int cuts() {
        return new OnLoop(group.next()).get(() -> cuts);
    }

    private void onLoop(Runnable action) {
        group.next().submit(action).syncUninterruptibly();
    }

    @Override
    public void close() {
        cut();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void accept(Channel client) {
        if (closedToNew) {
            client.close();
            return;
        }
        Link link = new Link();
        links.add(link);
        new Bootstrap()
                .group(client.eventLoop())
                .channel(Transport.socket())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel server) {
                        client.pipeline().addLast(link.toServer);
                        if (redis) {
                            server.pipeline().addLast(new RedisWords(() -> redisLosses));
                        }
                        server.pipeline().addLast(link.toClient);
                        link.connect(client, server);
                    }
                })
                .connect("127.0.0.1", serverPort)
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        client.config().setAutoRead(true);
                        link.toClient.start();
                    } else {
                        client.close();
                        links.remove(link);
                    }
                });
    }

    private final class Link {
        private final Pipe toServer = new Pipe(this);
        private final Pipe toClient = new Pipe(this);

        void connect(Channel client, Channel server) {
            toServer.from = client;
            toServer.to = server;
            toClient.from = server;
            toClient.to = client;
        }

        Pipe of(Direction direction) {
            return direction == Direction.TO_SERVER ? toServer : toClient;
        }

        void cut() {
            cuts++;
            reset(toServer.from);
            reset(toServer.to);
            links.remove(this);
        }

        private void reset(@Nullable Channel channel) {
            if (channel != null && channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            }
        }
    }

    /** One direction of a connection. */
    private final class Pipe extends ChannelInboundHandlerAdapter {
        private final Link link;
        private @Nullable Channel from;
        private @Nullable Channel to;
        private long remaining = Long.MAX_VALUE;
        private boolean swallows;

        Pipe(Link link) {
            this.link = link;
        }

        void start() {
            if (from != null && from.isOpen()) {
                from.config().setAutoRead(true);
            }
        }

        void hold(boolean holds) {
            if (from != null && from.isOpen()) {
                from.config().setAutoRead(!holds);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (swallows || to == null) {
                bytes.release();
                return;
            }
            boolean last = bytes.readableBytes() > remaining || remaining == 0;
            if (last) {
                bytes.writerIndex(bytes.readerIndex() + (int) remaining);
            }
            if (remaining != Long.MAX_VALUE) {
                remaining -= bytes.readableBytes();
            }
            passInTime(context, to, bytes, last);
        }

        private void passInTime(ChannelHandlerContext context, Channel target, ByteBuf bytes, boolean last) {
            if (delayMillis > 0) {
                context.executor().schedule(() -> pass(target, bytes, last), delayMillis, TimeUnit.MILLISECONDS);
            } else {
                pass(target, bytes, last);
            }
        }

        private void pass(Channel target, ByteBuf bytes, boolean last) {
            target.writeAndFlush(bytes).addListener(written -> {
                if (last) {
                    link.cut();
                }
            });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == RedisWords.CUT && to != null) {
                passInTime(context, to, Unpooled.EMPTY_BUFFER, true);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (to != null) {
                Channel target = to;
                context.executor().schedule(() -> target.close(), delayMillis, TimeUnit.MILLISECONDS);
            }
            links.remove(link);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}

package dev.parley.load.compare;

import dev.parley.load.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * A server without any logic, as the limit of what Netty can do: it passes each message on to the others of its room and answers
 * the sender. A process of its own, with one event loop.
 */
public final class Broadcaster {
    /** As many flushes in a turn are one. */
    private static final int FLUSHES = 256;

    private static final int BACKLOG = 4_096;

    private Broadcaster() {}

    /** {@code stock}: Netty's codecs; {@code hand}: framed by hand, copied into one buffer for each peer and turn. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean isByHand = arguments.length == 1 && arguments[0].equals("hand");
        if (!isByHand && !(arguments.length == 1 && arguments[0].equals("stock"))) {
            throw new IllegalArgumentException("stock or hand");
        }
        EventLoopGroup loop = Transport.oneLoop();
        HandFramed.Turn turn = new HandFramed.Turn(loop.next());
        Rooms<Channel> stockRooms = new Rooms<>();
        Rooms<HandFramed> handRooms = new Rooms<>();
        Supplier<ChannelHandler[]> handlers =
                isByHand ? () -> new ChannelHandler[] {new HandFramed(turn, handRooms)} : () -> stock(stockRooms);
        Channel channel = new ServerBootstrap()
                .group(loop)
                .channel(Transport.serverSocket())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(handlers.get());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        System.out.println(
                arguments[0] + " ready on http://127.0.0.1:" + ((InetSocketAddress) channel.localAddress()).getPort());
        channel.closeFuture().sync();
    }

    private static ChannelHandler[] stock(Rooms<Channel> rooms) {
        WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
                .websocketPath(Broadcast.PATH)
                .checkStartsWith(true)
                .build();
        return new ChannelHandler[] {
            new FlushConsolidationHandler(FLUSHES, true),
            new HttpServerCodec(),
            new HttpObjectAggregator(8 * 1024),
            new WebSocketServerProtocolHandler(config),
            new StockFramed(rooms)
        };
    }
}

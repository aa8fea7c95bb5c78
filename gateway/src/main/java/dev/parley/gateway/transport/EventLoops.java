package dev.parley.gateway.transport;

import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.TimedLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's event loops: they do the I/O, and each is the loop of one shard. Native transport where there is one. */
public final class EventLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    private final MultiThreadIoEventLoopGroup group;
    private final Map<EventExecutor, TimedLoop> loops = new HashMap<>();

    /** Shuts down within a moment: what was not written by then belongs to clients that resume. */
    private static final int SHUTDOWN_TIMEOUT_SECONDS = 5;

    public EventLoops(int count) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), io);
        for (EventExecutor executor : group) {
            loops.put(executor, new NettyLoop((EventLoop) executor));
        }
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    public String transport() {
        return Epoll.isAvailable() ? "epoll" : "nio";
    }

    Loop loopOf(EventLoop eventLoop) {
        Loop loop = loops.get(eventLoop);
        if (loop == null) {
            throw new IllegalArgumentException("not a loop of this node");
        }
        return loop;
    }

    public List<TimedLoop> all() {
        return new ArrayList<>(loops.values());
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_TIMEOUT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static final class NettyLoop implements TimedLoop {
        private final EventLoop eventLoop;
        private final List<Runnable> ending = new ArrayList<>();

        NettyLoop(EventLoop eventLoop) {
            this.eventLoop = eventLoop;
        }

        @Override
        public boolean isCurrent() {
            return eventLoop.inEventLoop();
        }

        /** One task for all that is to be done then. */
        @Override
        public void atEndOfTurn(Runnable task) {
            assert isCurrent();
            ending.add(task);
            if (ending.size() == 1) {
                eventLoop.execute(this::endTurn);
            }
        }

        private void endTurn() {
            for (int i = 0; i < ending.size(); i++) {
                try {
                    ending.get(i).run();
                } catch (RuntimeException e) {
                    LOG.error("a turn did not end as it should", e);
                }
            }
            ending.clear();
        }

        @Override
        public void execute(Runnable task) {
            eventLoop.execute(task);
        }

        @Override
        public void after(long delayMillis, Runnable task) {
            eventLoop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        }
    }
}

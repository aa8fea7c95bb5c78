package dev.parley.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket so that what was said last is read. To close one on which something waits unread is to reset it, and a client
 * that is reset while it sends reads nothing more. So only this end stops speaking, and what still comes is dropped until the
 * client closes too, or has had time and room enough. Handlers behind this one see the socket end at once. On the event loop.
 */
public final class LingeringClose extends ChannelDuplexHandler {
    private static final int LINGER_MILLIS = 5_000;
    private static final long DROPPED_BYTES_MAX = 16L << 20;

    private boolean lingering;
    private long droppedBytes;
    private @Nullable Future<?> end;

    /** Closes the channel of the last write. One without this handler, or that cannot be closed by halves, just closes. */
    public static void after(ChannelFuture last) {
        Channel channel = last.channel();
        LingeringClose handler = channel.pipeline().get(LingeringClose.class);
        if (handler == null || !(channel instanceof DuplexChannel duplex)) {
            last.addListener(ChannelFutureListener.CLOSE);
        } else if (!handler.lingering && channel.isActive()) {
            handler.linger(duplex, last);
        }
    }

    private void linger(DuplexChannel channel, ChannelFuture last) {
        lingering = true;
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        // Not from within what they do now, as it is when a socket closes.
        ctx.executor().execute(() -> {
            ctx.fireChannelInactive();
            channel.config().setAutoRead(true);
            ctx.read();
        });
        end = ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        last.addListener(written -> {
            if (written.isSuccess()) {
                channel.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            } else {
                ctx.close();
            }
        });
    }

    /** Nothing is said after the last word. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (lingering) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
        } else {
            super.write(ctx, message, promise);
        }
    }

    /** Codecs close after what they could not read, without a thought of what was said. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
        if (lingering) {
            ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        } else {
            super.close(ctx, promise);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!lingering) {
            super.channelRead(ctx, message);
            return;
        }
        droppedBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        ReferenceCountUtil.release(message);
        if (droppedBytes > DROPPED_BYTES_MAX) {
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (!lingering) {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        if (!lingering) {
            super.channelWritabilityChanged(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (!lingering) {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (end != null) {
            end.cancel(false);
        }
        if (!lingering) {
            super.channelInactive(ctx);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (lingering) {
            ctx.close();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }
}

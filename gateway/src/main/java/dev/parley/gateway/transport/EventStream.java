package dev.parley.gateway.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes a socket for {@link ConnectionHandler} of one answer that does not end, as server-sent events, and of requests that
 * bring what the client has to say. What goes out is translated from the messages of a WebSocket; what comes in passes the
 * pipeline from its head, so that all limits on sockets hold for it too. On the event loop of the answer, but for {@link
 * #post}.
 */
final class EventStream extends ChannelDuplexHandler {
    /** Tells the pipeline that frames may come. */
    static final Object OPENED = "opened";

    private final Channel channel;
    private final Runnable atEnd;
    private @Nullable Posted waiting;
    private boolean closed;

    @SuppressWarnings("ArrayRecordComponent") // bytes to be parsed, never compared or changed
    private record Posted(byte[] frames, CompletableFuture<PostOutcome> outcome) {}

    EventStream(Channel channel, Runnable atEnd) {
        this.channel = channel;
        this.atEnd = atEnd;
    }

    /**
     * An encoded ClientFrames. Its outcome comes when the frames have been taken, which is not before the client has taken
     * what it was told; the answers come as events. From any thread.
     */
    CompletionStage<PostOutcome> post(byte[] frames) {
        Posted posted = new Posted(frames, new CompletableFuture<>());
        channel.eventLoop().execute(() -> accept(posted));
        return posted.outcome();
    }

    private void accept(Posted posted) {
        if (closed || !channel.isActive()) {
            posted.outcome().complete(PostOutcome.GONE);
        } else if (waiting != null) {
            posted.outcome().complete(PostOutcome.BUSY);
        } else {
            waiting = posted;
            takeWaiting();
        }
    }

    private void takeWaiting() {
        Posted posted = waiting;
        if (posted == null || !channel.isWritable()) {
            return;
        }
        waiting = null;
        channel.pipeline().fireChannelRead(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(posted.frames())));
        channel.pipeline().fireChannelReadComplete();
        posted.outcome().complete(PostOutcome.TAKEN);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof BinaryWebSocketFrame) {
            super.channelRead(ctx, message);
        } else {
            // A request behind one whose answer does not end.
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        super.channelWritabilityChanged(ctx);
        takeWaiting();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof IdleStateEvent idle && idle.state() == IdleState.WRITER_IDLE && channel.isWritable()) {
            ctx.writeAndFlush(ServerSentEvents.comment());
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (closed) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IllegalStateException("the stream was closed"));
        } else if (message instanceof BinaryWebSocketFrame frame) {
            try {
                ctx.write(ServerSentEvents.bytes(frame.content()), promise);
            } finally {
                frame.release();
            }
        } else if (message instanceof CloseWebSocketFrame close) {
            closed = true;
            ctx.write(ServerSentEvents.event("close", Integer.toString(close.statusCode())));
            close.release();
            ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, promise);
        } else {
            super.write(ctx, message, promise);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        closed = true;
        atEnd.run();
        if (waiting != null) {
            waiting.outcome().complete(PostOutcome.GONE);
            waiting = null;
        }
        super.channelInactive(ctx);
    }
}

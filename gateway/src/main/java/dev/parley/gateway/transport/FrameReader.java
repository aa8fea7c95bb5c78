package dev.parley.gateway.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.wire.CloseCode;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What a WebSocket says as {@link ClientFrame}s: puts fragments together, answers pings and the end. One handler for what
 * Netty has three for, since each costs every connection memory and every message a step. Ends connections that are well formed
 * and yet an attack: floods of pings, messages in endless fragments, and text, which Parley never speaks. On the event loop.
 */
final class FrameReader extends ChannelInboundHandlerAdapter {
    private static final int PINGS_PER_SECOND_MAX = 10;
    private static final int FRAGMENTS_PER_MESSAGE_MAX = 64;
    private static final int NESTING_MAX = 16;
    private static final int FRAMES_PER_MESSAGE_MAX = 1_024;

    private final InstantSource clock;
    private final int messageBytesMax;
    private long second;
    private int pings;
    private int fragments;
    private @Nullable ByteBuf begun;
    private boolean ended;

    FrameReader(InstantSource clock, int messageBytesMax) {
        this.clock = clock;
        this.messageBytesMax = messageBytesMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!(message instanceof WebSocketFrame frame)) {
            super.channelRead(ctx, message);
            return;
        }
        try {
            if (!ended) {
                read(ctx, frame);
            }
        } catch (WireException | TooLongFrameException e) {
            ctx.fireExceptionCaught(e);
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void read(ChannelHandlerContext ctx, WebSocketFrame frame) throws WireException {
        if (frame instanceof BinaryWebSocketFrame && frame.isFinalFragment()) {
            decode(ctx, frame.content());
        } else if (isForbidden(frame)) {
            ended = true;
            Connection.close(ctx.channel(), CloseCode.PROTOCOL_ERROR);
        } else if (frame instanceof BinaryWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            gather(ctx, frame);
        } else if (frame instanceof PingWebSocketFrame) {
            ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            ended = true;
            ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private boolean isForbidden(WebSocketFrame frame) {
        if (frame instanceof PingWebSocketFrame) {
            long now = clock.millis() / 1_000;
            pings = now == second ? pings + 1 : 1;
            second = now;
            return pings > PINGS_PER_SECOND_MAX;
        }
        if (frame instanceof ContinuationWebSocketFrame) {
            return ++fragments > FRAGMENTS_PER_MESSAGE_MAX;
        }
        return frame instanceof TextWebSocketFrame;
    }

    /** The codec before has seen to it that fragments come in their order. */
    private void gather(ChannelHandlerContext ctx, WebSocketFrame fragment) throws WireException {
        ByteBuf gathered = begun == null ? ctx.alloc().buffer(fragment.content().readableBytes()) : begun;
        begun = gathered;
        if (gathered.readableBytes() + fragment.content().readableBytes() > messageBytesMax) {
            ended = true;
            throw new TooLongFrameException("a message of more than " + messageBytesMax + " bytes");
        }
        gathered.writeBytes(fragment.content());
        if (fragment.isFinalFragment()) {
            begun = null;
            fragments = 0;
            try {
                decode(ctx, gathered);
            } finally {
                gathered.release();
            }
        }
    }

    private static void decode(ChannelHandlerContext ctx, ByteBuf message) throws WireException {
        CodedInputStream in = CodedInputStream.newInstance(ByteBufUtil.getBytes(message));
        in.setRecursionLimit(NESTING_MAX);
        ClientFrames frames;
        try {
            frames = ClientFrames.parser().parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("not a ClientFrames", e);
        }
        int count = frames.getFramesCount();
        if (count == 0 || count > FRAMES_PER_MESSAGE_MAX) {
            throw new WireException(count + " frames in a message");
        }
        for (int i = 0; i < count; i++) {
            ctx.fireChannelRead(frames.getFrames(i));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (begun != null) {
            begun.release();
            begun = null;
        }
    }
}

package dev.parley.gateway.transport;

import dev.parley.gateway.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is told during one turn of its loop, written as one WebSocket message with one flush. Small frames are
 * copied into one buffer; large ones are written as they are, so that a snapshot is not copied once more. On the event loop.
 *
 * <p>The head of a WebSocket message that is neither masked nor fragmented is two numbers, so it is written here and the
 * message goes past the encoder, which would take a second buffer for it.
 */
final class OutboundQueue implements Runnable {
    /** A frame as large as this is worth its own buffer and system call. */
    private static final int SHARED_BYTES_MIN = 16 * 1024;

    private static final int FINAL_BINARY = 0x82;
    private static final int LENGTH_7_MAX = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_16_MAX = 0xFFFF;
    private static final int LENGTH_64 = 127;
    private static final int HEAD_BYTES_MAX = 10;

    private final Channel channel;
    private final Loop loop;
    /** Before the encoder of WebSocket messages; null where the connection is something else. */
    private final @Nullable ChannelHandlerContext pastEncoder;

    private final List<byte[]> frames = new ArrayList<>(1);
    private int bytes;
    private long writtenBytes;
    private boolean scheduled;

    OutboundQueue(Channel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
        this.pastEncoder = channel.pipeline().get(WebSocketFrameEncoder.class) == null
                ? null
                : channel.pipeline().context(IdleStateHandler.class);
    }

    void add(byte[] frame) {
        if (frame.length >= SHARED_BYTES_MIN) {
            writeGathered();
            writeAlone(frame);
        } else {
            frames.add(frame);
            bytes += frame.length;
        }
        if (!scheduled) {
            scheduled = true;
            loop.atEndOfTurn(this);
        }
    }

    /** At the end of the turn. */
    @Override
    public void run() {
        flush();
    }

    void flush() {
        scheduled = false;
        writeGathered();
        if (pastEncoder == null) {
            channel.flush();
        } else {
            pastEncoder.flush();
        }
    }

    /** Handed to the channel until now. */
    long writtenBytes() {
        return writtenBytes;
    }

    private void writeAlone(byte[] frame) {
        writtenBytes += frame.length;
        ByteBuf message = Unpooled.wrappedBuffer(frame);
        if (pastEncoder == null) {
            channel.write(new BinaryWebSocketFrame(message));
        } else {
            ByteBuf head = channel.alloc().directBuffer(HEAD_BYTES_MAX);
            writeHead(head, frame.length);
            pastEncoder.write(head);
            pastEncoder.write(message);
        }
    }

    private void writeGathered() {
        if (frames.isEmpty()) {
            return;
        }
        ByteBuf message = channel.alloc().directBuffer(HEAD_BYTES_MAX + bytes);
        if (pastEncoder != null) {
            writeHead(message, bytes);
        }
        for (byte[] frame : frames) {
            message.writeBytes(frame);
        }
        writtenBytes += bytes;
        frames.clear();
        bytes = 0;
        if (pastEncoder == null) {
            channel.write(new BinaryWebSocketFrame(message));
        } else {
            pastEncoder.write(message);
        }
    }

    private static void writeHead(ByteBuf out, int length) {
        out.writeByte(FINAL_BINARY);
        if (length <= LENGTH_7_MAX) {
            out.writeByte(length);
        } else if (length <= LENGTH_16_MAX) {
            out.writeByte(LENGTH_16).writeShort(length);
        } else {
            out.writeByte(LENGTH_64).writeLong(length);
        }
    }
}

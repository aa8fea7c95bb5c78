package dev.parley.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * What a connection is told during one turn of its loop, written as one WebSocket message with one flush. Small frames are
 * copied into one buffer; large ones are written as they are, so that a snapshot is not copied once more. On the event loop.
 */
final class OutboundQueue {
    /** A frame as large as this is worth its own buffer and system call. */
    private static final int SHARED_BYTES_MIN = 16 * 1024;

    private final Channel channel;
    private final List<byte[]> frames = new ArrayList<>();
    private int bytes;
    private boolean scheduled;

    OutboundQueue(Channel channel) {
        this.channel = channel;
    }

    void add(byte[] frame) {
        if (frame.length >= SHARED_BYTES_MIN) {
            writeGathered();
            channel.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(frame)));
        } else {
            frames.add(frame);
            bytes += frame.length;
        }
        if (!scheduled) {
            scheduled = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    void flush() {
        scheduled = false;
        writeGathered();
        channel.flush();
    }

    private void writeGathered() {
        if (frames.isEmpty()) {
            return;
        }
        ByteBuf message = channel.alloc().buffer(bytes);
        for (byte[] frame : frames) {
            message.writeBytes(frame);
        }
        frames.clear();
        bytes = 0;
        channel.write(new BinaryWebSocketFrame(message));
    }
}

package dev.parley.gateway.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.io.IOException;
import java.util.List;

/** Bytes to {@link ClientFrame}s: their size is bounded by the codec before it, their nesting here. On the event loop. */
final class FrameDecoder extends MessageToMessageDecoder<BinaryWebSocketFrame> {
    private static final int NESTING_MAX = 16;
    private static final int FRAMES_PER_MESSAGE_MAX = 1_024;

    FrameDecoder() {
        super(BinaryWebSocketFrame.class);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, BinaryWebSocketFrame message, List<Object> out)
            throws WireException, IOException {
        CodedInputStream in = CodedInputStream.newInstance(ByteBufUtil.getBytes(message.content()));
        in.setRecursionLimit(NESTING_MAX);
        ClientFrames frames;
        try {
            frames = ClientFrames.parser().parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new WireException("not a ClientFrames", e);
        }
        if (frames.getFramesCount() == 0 || frames.getFramesCount() > FRAMES_PER_MESSAGE_MAX) {
            throw new WireException(frames.getFramesCount() + " frames in a message");
        }
        out.addAll(frames.getFramesList());
    }
}

package dev.parley.load.compare;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.util.List;

/** A member of a room behind Netty's codecs. On the broadcaster's loop. */
final class StockFramed extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final Rooms<Channel> rooms;
    private String room = "";
    private List<Channel> members = List.of();

    StockFramed(Rooms<Channel> rooms) {
        this.rooms = rooms;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof HandshakeComplete handshake) {
            room = handshake.requestUri();
            members = rooms.join(room, context.channel());
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
        ByteBuf operation = frame.content();
        for (Channel member : members) {
            if (member != context.channel()) {
                member.writeAndFlush(new BinaryWebSocketFrame(operation.retainedDuplicate()), member.voidPromise());
            }
        }
        ByteBuf acknowledgement = context.alloc().buffer(Broadcast.HEAD_BYTES);
        acknowledgement.writeByte(Broadcast.ACKNOWLEDGEMENT).writeBytes(operation, 1, Broadcast.HEAD_BYTES - 1);
        context.writeAndFlush(new BinaryWebSocketFrame(acknowledgement), context.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        rooms.leave(room, context.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

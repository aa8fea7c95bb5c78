package dev.parley.load.compare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A member of a room without codecs: frames are read where they lie, and those to a peer are copied into one buffer that is
 * written once in a turn of the loop. On the broadcaster's loop.
 */
final class HandFramed extends ChannelInboundHandlerAdapter {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final Pattern REQUEST =
            Pattern.compile("^GET (\\S+) .*?\r\nSec-WebSocket-Key: *(\\S+)\r\n", Pattern.DOTALL);
    private static final int BINARY = 0x82;
    private static final int MASK_BYTES = 4;

    private final Turn turn;
    private final Rooms<HandFramed> rooms;
    private String room = "";
    private List<HandFramed> members = List.of();
    private @Nullable Channel channel;
    private @Nullable ByteBuf incoming;
    private @Nullable ByteBuf outgoing;

    /** Who has something to write at the end of this turn. */
    static final class Turn {
        private final EventLoop loop;
        private final List<HandFramed> dirty = new ArrayList<>();
        private final byte[] message = new byte[125];

        Turn(EventLoop loop) {
            this.loop = loop;
        }

        private void dirty(HandFramed member) {
            if (dirty.isEmpty()) {
                loop.execute(this::flush);
            }
            dirty.add(member);
        }

        private void flush() {
            dirty.forEach(HandFramed::flush);
            dirty.clear();
        }
    }

    HandFramed(Turn turn, Rooms<HandFramed> rooms) {
        this.turn = turn;
        this.rooms = rooms;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws GeneralSecurityException {
        ByteBuf all = (ByteBuf) message;
        if (incoming != null) {
            all = Unpooled.wrappedBuffer(incoming, all);
            incoming = null;
        }
        if (members.isEmpty()) {
            upgrade(context, all);
        }
        if (!members.isEmpty()) {
            frames(all);
        }
        if (all.isReadable()) {
            incoming = all;
        } else {
            all.release();
        }
    }

    private void upgrade(ChannelHandlerContext context, ByteBuf all) throws GeneralSecurityException {
        String request = all.toString(StandardCharsets.US_ASCII);
        int end = request.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        Matcher matcher = REQUEST.matcher(request);
        if (!matcher.find()) {
            throw new WebSocketHandshakeException("no upgrade");
        }
        all.skipBytes(end + 4);
        MessageDigest sha = MessageDigest.getInstance("SHA-1");
        byte[] accept = sha.digest((matcher.group(2) + GUID).getBytes(StandardCharsets.US_ASCII));
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(accept) + "\r\n\r\n";
        context.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
        room = matcher.group(1);
        members = rooms.join(room, this);
    }

    private void frames(ByteBuf all) {
        while (all.readableBytes() >= 2) {
            int at = all.readerIndex();
            int length = all.getByte(at + 1) & 0x7f;
            if (all.getUnsignedByte(at) != BINARY || length > turn.message.length || all.getByte(at + 1) >= 0) {
                throw new WebSocketHandshakeException("only small messages of bytes");
            }
            int payload = at + 2 + MASK_BYTES;
            if (all.writerIndex() < payload + length) {
                return;
            }
            int mask = all.getInt(at + 2);
            all.getBytes(payload, turn.message, 0, length);
            for (int i = 0; i < length; i++) {
                turn.message[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
            }
            all.readerIndex(payload + length);
            broadcast(length);
        }
    }

    private void broadcast(int length) {
        byte[] message = turn.message;
        for (int i = 0; i < members.size(); i++) {
            HandFramed member = members.get(i);
            if (member != this) {
                member.write(message, length);
            }
        }
        message[0] = Broadcast.ACKNOWLEDGEMENT;
        write(message, Broadcast.HEAD_BYTES);
    }

    private void write(byte[] message, int length) {
        ByteBuf out = outgoing;
        if (out == null && channel != null) {
            out = channel.alloc().directBuffer(256);
            outgoing = out;
            turn.dirty(this);
        }
        if (out != null) {
            out.writeByte(BINARY).writeByte(length).writeBytes(message, 0, length);
        }
    }

    private void flush() {
        ByteBuf out = outgoing;
        outgoing = null;
        if (out != null && channel != null) {
            channel.writeAndFlush(out, channel.voidPromise());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        rooms.leave(room, this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

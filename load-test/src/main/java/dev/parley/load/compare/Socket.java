package dev.parley.load.compare;

import dev.parley.load.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one WebSocket, framed and masked by hand: a generator on stock codecs would be full before the servers
 * are. On the generator's loop.
 */
final class Socket extends ChannelInboundHandlerAdapter {
    private static final byte[] NOTHING = {};
    private static final int FINAL = 0x80;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MASKED = 0x80;

    private final Wire wire;
    private final Listener listener;
    private byte[] rest = NOTHING;
    private @Nullable Channel channel;
    private @Nullable ByteBuf outgoing;
    private boolean upgraded;
    private boolean closed;

    /** What the messages of a connection mean. The bytes are the listener's until it returns. */
    interface Listener {
        void connected(Socket socket);

        void received(byte[] bytes, int from, int to, long now);

        /** It ended, and not because it was closed here. */
        void ended(String why);
    }

    Socket(Wire wire, Listener listener) {
        this.wire = wire;
        this.listener = listener;
    }

    /** {@code subprotocol} may be empty. */
    void connect(String host, int port, String path, String subprotocol) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + (subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n";
        new Bootstrap()
                .group(wire.loop())
                .channel(Transport.socket())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(this)
                .connect(host, port)
                .addListener(connected -> {
                    if (connected.isSuccess() && channel != null) {
                        channel.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
                    } else {
                        end("could not connect: " + connected.cause());
                    }
                });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf came = (ByteBuf) message;
        int length = rest.length + came.readableBytes();
        byte[] bytes = wire.incoming(rest, came);
        came.release();
        int at = 0;
        if (!upgraded) {
            at = upgrade(bytes, length);
        }
        if (upgraded) {
            at = frames(bytes, at, length, System.nanoTime());
        }
        rest = at == length ? NOTHING : Arrays.copyOfRange(bytes, at, length);
    }

    /** Where the frames begin; 0 while the answer to the upgrade is not whole. */
    private int upgrade(byte[] bytes, int length) {
        for (int end = 4; end <= length; end++) {
            if (bytes[end - 1] == '\n' && bytes[end - 2] == '\r' && bytes[end - 3] == '\n' && bytes[end - 4] == '\r') {
                String answer = new String(bytes, 0, end, StandardCharsets.US_ASCII);
                if (answer.startsWith("HTTP/1.1 101 ")) {
                    upgraded = true;
                    listener.connected(this);
                } else {
                    end("was answered " + answer.lines().findFirst().orElse(""));
                }
                return end;
            }
        }
        return 0;
    }

    /** Where the first frame begins that is not whole. */
    private int frames(byte[] bytes, int from, int length, long now) {
        int at = from;
        while (length - at >= 2) {
            int first = bytes[at] & 0xff;
            int size = bytes[at + 1] & 0xff;
            int payload = at + 2;
            if (size == 126) {
                payload += 2;
                if (payload > length) {
                    break;
                }
                size = (int) Bytes.number(bytes, at + 2, at + 4);
            } else if (size == 127) {
                payload += 8;
                if (payload > length) {
                    break;
                }
                size = (int) Bytes.number(bytes, at + 6, at + 10);
            }
            if (payload + size > length) {
                break;
            }
            frame(first, bytes, payload, payload + size, now);
            at = payload + size;
        }
        return at;
    }

    private void frame(int first, byte[] bytes, int from, int to, long now) {
        if (closed) {
            return;
        }
        switch (first) {
            case FINAL | BINARY, FINAL | TEXT -> listener.received(bytes, from, to, now);
            case FINAL | PING -> send(PONG, bytes, from, to);
            case FINAL | PONG -> {}
            case FINAL | CLOSE ->
                end("was closed with " + (to - from < 2 ? 1005 : Bytes.number(bytes, from, from + 2)));
            default -> end("was sent a frame that begins with " + first);
        }
    }

    void sendBinary(byte[] bytes, int from, int to) {
        send(BINARY, bytes, from, to);
    }

    void sendText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(TEXT, bytes, 0, bytes.length);
    }

    private void send(int opcode, byte[] bytes, int from, int to) {
        if (closed || channel == null) {
            return;
        }
        ByteBuf out = outgoing;
        if (out == null) {
            out = channel.alloc().directBuffer(256);
            outgoing = out;
            wire.dirty(this);
        }
        int length = to - from;
        int mask = wire.nextMask();
        out.ensureWritable(length + 14);
        out.writeByte(FINAL | opcode);
        if (length < 126) {
            out.writeByte(MASKED | length);
        } else if (length < 1 << 16) {
            out.writeByte(MASKED | 126);
            out.writeShort(length);
        } else {
            out.writeByte(MASKED | 127);
            out.writeLong(length);
        }
        out.writeInt(mask);
        int at = from;
        for (; to - at >= 4; at += 4) {
            int word = (int) Bytes.number(bytes, at, at + 4);
            out.writeInt(word ^ mask);
        }
        for (int shift = 24; at < to; at++, shift -= 8) {
            out.writeByte(bytes[at] ^ (mask >>> shift));
        }
    }

    void flush() {
        ByteBuf out = outgoing;
        outgoing = null;
        if (out != null && channel != null && !closed) {
            channel.writeAndFlush(out, channel.voidPromise());
        } else if (out != null) {
            out.release();
        }
    }

    void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    private void end(String why) {
        if (!closed) {
            close();
            listener.ended(why);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end("broke");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end("broke: " + cause);
    }
}

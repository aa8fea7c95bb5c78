package dev.parley.load;

import dev.parley.wire.CloseCode;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/**
 * A socket with WebSocket frames written by hand, for what no proper client sends, and to see each byte that comes. Blocking,
 * for one thread.
 */
final class RawSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int READ_MILLIS_MAX = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final Deque<ServerFrame> frames = new ArrayDeque<>();
    private final ByteArrayOutputStream payloads = new ByteArrayOutputStream();

    /** The gateway closed the WebSocket, or with 1006 the connection under it. */
    static final class ClosedException extends IOException {
        private static final long serialVersionUID = 1;

        private final int code;

        ClosedException(int code) {
            super("closed with " + code);
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    RawSocket(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Upgraded, and nothing sent yet. */
    static RawSocket upgraded(int port) throws IOException {
        RawSocket raw = new RawSocket(port);
        int status = raw.upgrade("Sec-WebSocket-Protocol: " + ProtocolVersion.SUBPROTOCOL);
        if (status != 101) {
            throw new IOException("the upgrade was answered with " + status);
        }
        return raw;
    }

    /** Upgraded and welcomed. */
    static RawSocket welcomed(int port, String token) throws IOException {
        RawSocket raw = upgraded(port);
        raw.send(hello(token));
        raw.await(ServerFrame::hasWelcome);
        return raw;
    }

    static ClientFrame hello(String token) {
        return ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(token)
                        .setSession("session-" + token.hashCode() + "-" + System.nanoTime())
                        .setClient("raw"))
                .build();
    }

    /** The status of the answer to an upgrade with these headers besides the necessary. */
    int upgrade(String... headers) throws IOException {
        String request = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
        write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(ClientFrame... clientFrames) throws IOException {
        ClientFrames.Builder message = ClientFrames.newBuilder();
        for (ClientFrame frame : clientFrames) {
            message.addFrames(frame);
        }
        sendFrame(BINARY, true, message.build().toByteArray());
    }

    void sendFrame(int opcode, boolean last, byte[] payload) throws IOException {
        write(frame(opcode, last, true, payload));
    }

    static byte[] frame(int opcode, boolean last, boolean masked, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((last ? 0x80 : 0) | opcode);
        int maskBit = masked ? 0x80 : 0;
        if (payload.length < 126) {
            bytes.write(maskBit | payload.length);
        } else if (payload.length < 1 << 16) {
            bytes.write(maskBit | 126);
            writeLength(bytes, payload.length, 2);
        } else {
            bytes.write(maskBit | 127);
            writeLength(bytes, payload.length, 8);
        }
        byte[] mask = masked ? new byte[] {0x12, 0x34, 0x56, 0x78} : new byte[4];
        if (masked) {
            bytes.writeBytes(mask);
        }
        for (int i = 0; i < payload.length; i++) {
            bytes.write(payload[i] ^ mask[i % 4]);
        }
        return bytes.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream bytes, long length, int size) {
        for (int i = size - 1; i >= 0; i--) {
            bytes.write((int) (length >>> (8 * i)));
        }
    }

    /** The next frame that matches; those before it are dropped. */
    ServerFrame await(Predicate<ServerFrame> matches) throws IOException {
        while (true) {
            ServerFrame frame = frames.poll();
            if (frame == null) {
                readMessage();
            } else if (matches.test(frame)) {
                return frame;
            }
        }
    }

    /** The code with which the gateway closes, whatever it says before. */
    int awaitClose() throws IOException {
        try {
            while (true) {
                readMessage();
            }
        } catch (ClosedException e) {
            return e.code();
        }
    }

    /** Frames that came and were not awaited yet. */
    Deque<ServerFrame> unread() {
        return frames;
    }

    /** Every payload byte so far. */
    byte[] received() {
        return payloads.toByteArray();
    }

    private void readMessage() throws IOException {
        int first;
        byte[] payload;
        try {
            first = in.readUnsignedByte();
            long length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            payload = in.readNBytes(Math.toIntExact(length));
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (EOFException | SocketException e) {
            throw new ClosedException(GatewayConnection.ABNORMAL_CLOSURE);
        }
        switch (first & 0x0f) {
            case BINARY -> {
                payloads.writeBytes(payload);
                try {
                    frames.addAll(KeystrokesCodec.unpacked(ServerFrames.parseFrom(payload))
                            .getFramesList());
                } catch (WireException e) {
                    throw new IOException(e);
                }
            }
            case CLOSE ->
                throw new ClosedException(
                        payload.length < 2
                                ? CloseCode.NORMAL.code()
                                : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff));
            case PING, PONG -> {}
            default -> throw new IOException("the gateway sent opcode " + (first & 0x0f));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.conversation.Role;
import dev.parley.gateway.session.Limits;
import dev.parley.wire.CloseCode;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Visit;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the gateway says last reaches also who still sends and reads nothing meanwhile. Over real sockets. */
class LastWordsTest {
    private static final int ROUNDS = 20;
    private static final int STILL_SENT_BYTES = 4 << 20;
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int READ_MILLIS_MAX = 60_000;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 8;

    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void whoSendsOnAfterABadFrameReadsWhyItWasClosed() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Socket socket = upgraded()) {
                socket.getOutputStream().write(frameHead(Limits.DEFAULT.frameBytesMax() + 1));
                sendOn(socket);

                assertThat(closeCode(readToEnd(socket))).as("round %d", round).isEqualTo(CloseCode.TOO_BIG.code());
            }
        }
    }

    @Test
    void whoSendsOnAfterABodyThatIsTooLargeReadsItsAnswer() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(answerToTooLarge("Transfer-Encoding: chunked", "400001\r\n"))
                    .as("in chunks, round %d", round)
                    .startsWith("HTTP/1.1 413 ");
            assertThat(answerToTooLarge("Content-Length: 4194304\r\nConnection: close", ""))
                    .as("on a connection that ends with it, round %d", round)
                    .startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void whoSendsOnAfterARefusedUpgradeReadsItsAnswer() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Socket socket = connect()) {
                write(socket, upgrade("Origin: https://evil.example"));
                sendOn(socket);

                assertThat(text(readToEnd(socket))).as("round %d", round).startsWith("HTTP/1.1 403 ");
            }
        }
    }

    @Test
    void whoSendsOnAfterARequestThatIsNoneReadsItsAnswer() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Socket socket = connect()) {
                write(socket, "GET /healthz HTTP/1.1\r\nHost: gateway\r\n" + "x".repeat(100_000) + "\r\n\r\n");
                sendOn(socket);

                assertThat(text(readToEnd(socket))).as("round %d", round).startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void aConnectionIsCountedAndItsSessionKeptNoLongerThanItIsSpokenTo() throws Exception {
        try (Socket socket = upgraded()) {
            socket.getOutputStream().write(hello());
            await().until(() -> connections() == 1);
            socket.getOutputStream().write(frameHead(Limits.DEFAULT.frameBytesMax() + 1));

            await().until(() -> connections() == 0);
            socket.getOutputStream().write(new byte[PIECE_BYTES]);
            assertThat(closeCode(readToEnd(socket))).isEqualTo(CloseCode.TOO_BIG.code());
        }
    }

    @Test
    void whoSendsOnWhenTheGatewayStopsReadsThatItShallComeBack() throws Exception {
        byte[] visit = frame(ClientFrame.newBuilder()
                .setVisit(Visit.newBuilder().setPage("/p".repeat(200)))
                .build());
        try (Socket socket = upgraded()) {
            socket.getOutputStream().write(hello());
            await().until(() -> connections() == 1);
            Thread stopping = new Thread(gateway::close, "stopping");
            stopping.start();
            for (int sent = 0; sent < STILL_SENT_BYTES / 4; sent += visit.length) {
                socket.getOutputStream().write(visit);
            }

            assertThat(closeCode(readToEnd(socket))).isEqualTo(CloseCode.SERVICE_RESTART.code());
            stopping.join();
        }
    }

    @Test
    void whoNeverStopsSendingIsCutOff() throws Exception {
        try (Socket socket = upgraded()) {
            socket.getOutputStream().write(frameHead(Limits.DEFAULT.frameBytesMax() + 1));

            await().atMost(Duration.ofMinutes(1)).until(() -> {
                try {
                    socket.getOutputStream().write(new byte[PIECE_BYTES]);
                    return false;
                } catch (SocketException reset) {
                    return true;
                }
            });
        }
    }

    private byte[] hello() {
        return frame(ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(gateway.token(Role.VISITOR, "vera"))
                        .setSession("session"))
                .build());
    }

    private long connections() throws Exception {
        return gateway.metrics()
                .lines()
                .filter(line -> line.startsWith("parley_connections "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring("parley_connections ".length())))
                .sum();
    }

    private String answerToTooLarge(String framing, String bodyHead) throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket,
                    "POST /v1/conversations/c/messages HTTP/1.1\r\nHost: gateway\r\n" + framing + "\r\n\r\n"
                            + bodyHead);
            sendOn(socket);
            return text(readToEnd(socket));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setSoTimeout(READ_MILLIS_MAX);
        return socket;
    }

    private Socket upgraded() throws IOException {
        Socket socket = connect();
        write(socket, upgrade("Accept: */*"));
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    private static String upgrade(String header) {
        return "GET /ws HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Protocol: " + ProtocolVersion.SUBPROTOCOL + "\r\n" + header + "\r\n\r\n";
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Does not look at what comes. Fails if the connection is reset meanwhile, as most clients then read nothing more. */
    private static void sendOn(Socket socket) throws IOException {
        for (int sent = 0; sent < STILL_SENT_BYTES; sent += PIECE_BYTES) {
            socket.getOutputStream().write(new byte[PIECE_BYTES]);
        }
    }

    private static byte[] readToEnd(Socket socket) throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Of the close frame among them; -1 if there is none. */
    private static int closeCode(byte[] frames) {
        ByteBuffer rest = ByteBuffer.wrap(frames);
        while (rest.remaining() >= 2) {
            boolean isClose = (rest.get() & 0x0f) == CLOSE;
            int length = rest.get();
            length = length == 126 ? rest.getShort() & 0xffff : length;
            if (isClose) {
                return rest.getShort() & 0xffff;
            }
            rest.position(rest.position() + length);
        }
        return -1;
    }

    /** A small message, masked with zeros. */
    private static byte[] frame(ClientFrame content) {
        byte[] payload = ClientFrames.newBuilder().addFrames(content).build().toByteArray();
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) BINARY)
                .put((byte) (0x80 | 126))
                .putShort((short) payload.length)
                .putInt(0)
                .put(payload)
                .array();
    }

    private static byte[] frameHead(long length) {
        return ByteBuffer.allocate(14)
                .put((byte) BINARY)
                .put((byte) (0x80 | 127))
                .putLong(length)
                .putInt(0)
                .array();
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.conversation.Role;
import dev.parley.wire.CloseCode;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.View;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are event streams, over real sockets. */
class EventStreamsTest {
    private RunningGateway gateway;
    private ClientFrame hello;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway();
        hello = hello(gateway.token(Role.VISITOR, "vera"));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aConversationIsOpenedAndWrittenInAsOnASocket() throws Exception {
        try (StreamSocket stream = new StreamSocket(gateway, hello, open(null))) {
            assertThat(stream.await("Welcome", ServerFrame::hasWelcome)
                            .getWelcome()
                            .getTenant())
                    .isEqualTo("shop");
            Opened opened = opened(stream);

            try (WireSocket agent = gateway.socket(Role.AGENT, "ann")) {
                agent.open(opened.getConversation());
                assertThat(stream.send(message(opened, 1, "hello"))).isEqualTo(204);
                ServerFrame own = stream.await("own entry", ServerFrame::hasEntries);
                assertThat(own.getEntries().getEntries(0).getSeq()).isEqualTo(1);

                agent.await("the message", ServerFrame::hasEntries);
            }
        }
    }

    @Test
    void whatIsSentOneAfterTheOtherIsAnsweredInThatOrder() throws Exception {
        try (StreamSocket stream = new StreamSocket(gateway, hello)) {
            for (int nonce = 1; nonce <= 50; nonce++) {
                assertThat(stream.send(ping(nonce))).isEqualTo(204);
            }
            for (int nonce = 1; nonce <= 50; nonce++) {
                assertThat(stream.await("Pong", ServerFrame::hasPong).getPong().getNonce())
                        .isEqualTo(nonce);
            }
        }
    }

    @Test
    void aStreamThatComesBackGetsTheDifference() throws Exception {
        Position position;
        try (StreamSocket stream = new StreamSocket(gateway, hello, open(null))) {
            Opened opened = opened(stream);
            position = opened.getBlocks().getPosition();
            stream.send(message(opened, 1, "hello"));
            stream.await("own entry", ServerFrame::hasEntries);
        }
        try (StreamSocket again = new StreamSocket(gateway, hello, open(position))) {
            Opened opened = opened(again);
            assertThat(opened.hasEntries() || opened.getBlocks().getSince() > 0).isTrue();
        }
    }

    @Test
    void noProxyHasAReasonToKeepOrChangeIt() throws Exception {
        try (StreamSocket stream = new StreamSocket(gateway, hello)) {
            assertThat(stream.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
            assertThat(stream.headers().firstValue("cache-control")).contains("no-store, no-transform");
            assertThat(stream.headers().firstValue("x-accel-buffering")).contains("no");
        }
    }

    @Test
    void aStreamAndASocketOfOneSessionSupersedeEachOther() throws Exception {
        String token = gateway.token(Role.VISITOR, "vera");
        try (StreamSocket stream = new StreamSocket(gateway, hello(token))) {
            long fence = stream.await("Welcome", ServerFrame::hasWelcome)
                    .getWelcome()
                    .getFence();
            try (WireSocket socket =
                    new WireSocket(gateway.port(), token, hello.getHello().getSession(), 0)) {
                assertThat(socket.awaitFence()).isGreaterThan(fence);
                assertThat(stream.await("Failure", ServerFrame::hasFailure)
                                .getFailure()
                                .getCode())
                        .isEqualTo(FailureCode.SUPERSEDED);
                assertThat(stream.awaitClose()).isEqualTo(CloseCode.SUPERSEDED.code());
            }
        }
    }

    @Test
    void aBadTokenAndABadFrameAreAnsweredWithTheCodesOfSockets() throws Exception {
        try (StreamSocket stream = new StreamSocket(gateway, hello("nonsense"))) {
            assertThat(stream.await("Failure", ServerFrame::hasFailure)
                            .getFailure()
                            .getCode())
                    .isEqualTo(FailureCode.UNAUTHENTICATED);
            assertThat(stream.awaitClose()).isEqualTo(CloseCode.UNAUTHENTICATED.code());
        }
        try (StreamSocket stream = new StreamSocket(gateway)) {
            assertThat(stream.awaitClose()).isEqualTo(CloseCode.BAD_FRAME.code());
        }
        try (StreamSocket stream = new StreamSocket(gateway, hello)) {
            stream.send(hello);
            assertThat(stream.awaitClose()).isEqualTo(CloseCode.BAD_FRAME.code());
        }
    }

    @Test
    void aStreamThatEndedTakesNothingAnyMoreAndSoDoesOneThatNeverWas() throws Exception {
        String id;
        try (StreamSocket stream = new StreamSocket(gateway, hello)) {
            id = stream.id();
            assertThat(id).hasSizeGreaterThanOrEqualTo(24);
            stream.send(hello);
            stream.awaitClose();
            assertThat(stream.send(ping(1))).isEqualTo(410);
        }
        assertThat(post("/v1/streams/" + id)).isEqualTo(410);
        assertThat(post("/v1/streams/%ff%00")).isEqualTo(410);
    }

    @Test
    void pagesOfOtherOriginsGetNoStream() throws Exception {
        assertThat(post("/v1/streams", "Origin", "https://evil.example")).isEqualTo(403);
        assertThat(post("/v1/streams/some", "Origin", "https://evil.example")).isEqualTo(403);
        assertThat(post("/v1/streams/some", "Origin", RunningGateway.ORIGIN)).isEqualTo(410);
    }

    @Test
    void aProxyThatSpeaksHttp10GetsAStreamWithoutChunks() throws Exception {
        byte[] body = ClientFrames.newBuilder().addFrames(hello).build().toByteArray();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /v1/streams HTTP/1.0\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            InputStream in = socket.getInputStream();
            StringBuilder read = new StringBuilder();
            while (!read.toString().contains("event: stream")) {
                int next = in.read();
                assertThat(next).as(read.toString()).isNotNegative();
                read.append((char) next);
            }
            assertThat(read.toString().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
            assertThat(read.toString()).contains("\r\n\r\n:   ");
        }
    }

    @Test
    void theOperatorSeesHowManyConnectionsAreStreams() throws Exception {
        try (StreamSocket stream = new StreamSocket(gateway, hello)) {
            stream.await("Welcome", ServerFrame::hasWelcome);
            assertThat(gateway.metrics()).contains("parley_event_streams 1.0").contains("parley_connections 1.0");
        }
    }

    private int post(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri(path)).POST(HttpRequest.BodyPublishers.ofString("x"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Opened opened(StreamSocket stream) throws Exception {
        return stream.await("Opened", ServerFrame::hasOpened).getOpened();
    }

    private static ClientFrame hello(String token) {
        return ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(token)
                        .setSession("a browser's session"))
                .build();
    }

    private static ClientFrame open(@Nullable Position position) {
        Open.Builder open = Open.newBuilder();
        return ClientFrame.newBuilder()
                .setOpen(position == null ? open : open.setPosition(position))
                .build();
    }

    private static ClientFrame ping(int nonce) {
        return ClientFrame.newBuilder()
                .setPing(Ping.newBuilder().setNonce(nonce))
                .build();
    }

    private static ClientFrame message(Opened opened, long seq, String text) {
        String outbox = UUID.randomUUID().toString();
        return ClientFrame.newBuilder()
                .setSubmit(Submit.newBuilder()
                        .setHandle(opened.getHandle())
                        .setOutbox(outbox)
                        .setSeq(seq)
                        .setContentId(ByteString.copyFromUtf8("12345678"))
                        .setBase(opened.getBlocks().getPosition())
                        .addOperations(Operation.newBuilder()
                                .setCreateBlock(Operation.CreateBlock.newBuilder()
                                        .setBlock(outbox + "." + seq)
                                        .setKind(BlockKind.MESSAGE)
                                        .setAudience(View.PUBLIC)
                                        .setText(text))))
                .build();
    }
}

package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.parley.wire.CloseCode;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Limits;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.OpenFailedCode;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.WatchInbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What no proper client sends. Each gets its typed answer; the gateway stays healthy, and a bystander writes before and after
 * each on one and the same connection.
 */
final class BadFramesIT {
    private static final int FRAME_BYTES_MAX = 256 * 1024;
    private static final int SUBMISSION_BYTES_MAX = 128 * 1024;
    private static final int OPERATIONS_MAX = 64;
    private static final int TEXT_LENGTH_MAX = 16_384;
    private static final int ATTRIBUTES_MAX = 64;
    private static final int BLOCKS_MAX = 20_000;
    private static final byte[] NOTHING = {};

    /** Which takes more from one visitor at once than it would by itself: a full conversation is made of 20,000 blocks. */
    @RegisterExtension
    static final TestGateway GATEWAY =
            TestGateway.strict("--allowed-origin", "https://shop.example", "--operations-per-second", "0");

    private static Seed seed = new Seed(0);
    private static WireConversation bystander;
    private static int subjects;

    @BeforeAll
    static void openBystander() {
        seed = Seed.of(BadFramesIT.class);
        WireClient client = GATEWAY.connect(
                GATEWAY.process().webSocket(), TestGateway.visitor("bystander"), 0, seed, new Observer() {});
        bystander = GATEWAY.open(client, "chat");
    }

    @AfterEach
    void theBystanderNoticedNothing() {
        assertThat(GATEWAY.metrics().isHealthy()).isTrue();
        GATEWAY.onLoop().run(() -> NewBlock.message(bystander, "fine"));
        GATEWAY.onLoop()
                .await(
                        "the bystander is answered",
                        TestGateway.LONG,
                        () -> bystander.replica().pendingCount() == 0);
        assertThat(GATEWAY.onLoop().get(bystander.client()::cuts)).isZero();
    }

    @AfterAll
    static void theBystandersConversationIsWhole() {
        assertThat(GATEWAY.judge(bystander)).isEmpty();
    }

    // Sockets and WebSocket frames

    @Test
    void aForeignOriginIsRefusedBeforeTheUpgrade() throws IOException {
        String protocol = "Sec-WebSocket-Protocol: " + ProtocolVersion.SUBPROTOCOL;

        assertThat(statusOfUpgrade(protocol, "Origin: https://evil.example")).isEqualTo(403);
        assertThat(statusOfUpgrade(protocol, "Origin: https://shop.example.evil"))
                .isEqualTo(403);
        assertThat(statusOfUpgrade(protocol, "Origin: http://shop.example")).isEqualTo(403);
        assertThat(statusOfUpgrade(protocol, "Origin: null")).isEqualTo(403);
        assertThat(statusOfUpgrade(protocol, "Origin: https://shop.example", "Origin: https://evil.example"))
                .isEqualTo(403);
        assertThat(statusOfUpgrade(protocol, "Origin: https://shop.example")).isEqualTo(101);
    }

    @Test
    void anUpgradeWithoutTheSubprotocolIsRefused() throws IOException {
        assertThat(statusOfUpgrade("Sec-WebSocket-Protocol: chat")).isEqualTo(400);
        assertThat(statusOfUpgrade("Accept: */*")).isEqualTo(400);
    }

    private static int statusOfUpgrade(String... headers) throws IOException {
        try (RawSocket socket = new RawSocket(port())) {
            return socket.upgrade(headers);
        }
    }

    @Test
    void aRequestThatNeverEndsIsClosed() throws IOException {
        try (RawSocket silent = new RawSocket(port());
                RawSocket half = new RawSocket(port())) {
            half.write("GET /ws HT".getBytes(StandardCharsets.US_ASCII));

            assertThat(silent.awaitClose()).isEqualTo(GatewayConnection.ABNORMAL_CLOSURE);
            assertThat(half.awaitClose()).isEqualTo(GatewayConnection.ABNORMAL_CLOSURE);
        }
    }

    @Test
    void whatWebSocketForbidsEndsTheConnection() throws IOException {
        byte[] ping = RawSocket.frame(RawSocket.PING, true, true, NOTHING);
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(RawSocket.BINARY, true, false, new byte[] {1}));
        assertEndsWith(
                CloseCode.PROTOCOL_ERROR,
                RawSocket.frame(RawSocket.TEXT, true, true, "hi".getBytes(StandardCharsets.UTF_8)));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(3, true, true, NOTHING));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(0x40 | RawSocket.BINARY, true, true, new byte[] {1}));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(RawSocket.PING, false, true, NOTHING));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(RawSocket.PING, true, true, new byte[126]));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, RawSocket.frame(RawSocket.CONTINUATION, true, true, new byte[] {1}));
        assertEndsWith(CloseCode.PROTOCOL_ERROR, repeated(ping, 200));
        assertEndsWith(
                CloseCode.PROTOCOL_ERROR,
                repeated(
                        RawSocket.frame(RawSocket.CONTINUATION, false, true, NOTHING),
                        200,
                        RawSocket.frame(RawSocket.BINARY, false, true, NOTHING)));
    }

    private static byte[] repeated(byte[] frame, int count, byte[]... before) {
        ByteString bytes = ByteString.copyFrom(frame);
        ByteString all = ByteString.EMPTY;
        for (byte[] first : before) {
            all = all.concat(ByteString.copyFrom(first));
        }
        return all.concat(ByteString.copyFrom(Collections.nCopies(count, bytes)))
                .toByteArray();
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedWholeOrInFragments() throws IOException {
        byte[] tooLarge = new byte[FRAME_BYTES_MAX + 1];
        byte[] part = new byte[FRAME_BYTES_MAX / 4];

        assertFails(
                FailureCode.FRAME_TOO_LARGE,
                CloseCode.TOO_BIG,
                RawSocket.frame(RawSocket.BINARY, true, true, tooLarge));
        assertFails(
                FailureCode.FRAME_TOO_LARGE,
                CloseCode.TOO_BIG,
                repeated(
                        RawSocket.frame(RawSocket.CONTINUATION, false, true, part),
                        5,
                        RawSocket.frame(RawSocket.BINARY, false, true, part)));
    }

    // Bytes that are no frames

    @Test
    void garbageIsABadFrame() throws IOException {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            assertFails(FailureCode.BAD_FRAME, CloseCode.BAD_FRAME, binary(garbage));
        }
    }

    @Test
    void aTruncatedFrameIsABadFrame() throws IOException {
        byte[] whole = ClientFrames.newBuilder()
                .addFrames(ClientFrame.newBuilder()
                        .setOpen(Open.newBuilder()
                                .setName("chat")
                                .setPosition(Position.newBuilder().setRevision(3))))
                .build()
                .toByteArray();
        for (int length = 0; length < whole.length; length++) {
            assertFails(FailureCode.BAD_FRAME, CloseCode.BAD_FRAME, binary(Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void groupsNestedWithoutEndAreABadFrame() throws IOException {
        byte[] groups = new byte[50_000];
        Arrays.fill(groups, (byte) ((15 << 3) | 3));

        assertFails(FailureCode.BAD_FRAME, CloseCode.BAD_FRAME, binary(groups));
    }

    @Test
    void aLoneSurrogateInAStringIsABadFrame() throws IOException {
        String token = visitorToken();
        try (RawChat chat = RawChat.open(port(), token)) {
            byte[] bytes = ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder()
                            .setSubmit(chat.submission("o", 1, 1, RawChat.message("o.1", "ABC"))))
                    .build()
                    .toByteArray();
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("ABC");
            bytes[at] = (byte) 0xed;
            bytes[at + 1] = (byte) 0xa0;
            bytes[at + 2] = (byte) 0x80;
            chat.socket().sendFrame(RawSocket.BINARY, true, bytes);

            assertFailure(chat.socket(), FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        }
        try (RawChat chat = RawChat.open(port(), token)) {
            assertThat(chat.base().getRevision()).isEqualTo(1);
        }
    }

    // Frames out of order, or not allowed

    @Test
    void theFirstFrameHasToBeHello() throws IOException {
        try (RawSocket socket = RawSocket.upgraded(port())) {
            socket.send(
                    ClientFrame.newBuilder().setOpen(Open.getDefaultInstance()).build());

            assertFailure(socket, FailureCode.HELLO_EXPECTED, CloseCode.BAD_FRAME);
        }
    }

    @Test
    void helloHasToComeInTime() throws IOException {
        try (RawSocket socket = RawSocket.upgraded(port())) {
            assertFailure(socket, FailureCode.HELLO_EXPECTED, CloseCode.TIMEOUT);
        }
    }

    @Test
    void helloComesOnce() throws IOException {
        String token = visitorToken();
        try (RawSocket socket = RawSocket.welcomed(port(), token)) {
            socket.send(RawSocket.hello(token));

            assertFailure(socket, FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        }
    }

    @Test
    void anOldProtocolVersionIsToldToUpgrade() throws IOException {
        try (RawSocket socket = RawSocket.upgraded(port())) {
            socket.send(ClientFrame.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setProtocolVersion(0)
                            .setToken(visitorToken())
                            .setSession("s"))
                    .build());

            assertFailure(socket, FailureCode.UPGRADE, CloseCode.UPGRADE);
        }
    }

    @Test
    void aNewerConnectionOfTheSameSessionSupersedesTheOlder() throws IOException {
        ClientFrame hello = RawSocket.hello(visitorToken());
        try (RawSocket older = RawSocket.upgraded(port());
                RawSocket newer = RawSocket.upgraded(port())) {
            older.send(hello);
            older.await(ServerFrame::hasWelcome);
            newer.send(hello);
            newer.await(ServerFrame::hasWelcome);

            assertFailure(older, FailureCode.SUPERSEDED, CloseCode.SUPERSEDED);
        }
    }

    @Test
    void aHandleThatWasNotGivenIsAFailureAndTheConnectionGoesOn() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            int unknown = chat.opened().getHandle() + 1_000;
            chat.send(chat.submission("o", 1, 1, RawChat.message("o.1", "hi")).setHandle(unknown));
            assertFailure(chat.socket(), FailureCode.UNKNOWN_HANDLE);
            chat.socket()
                    .send(ClientFrame.newBuilder()
                            .setAcknowledge(
                                    Acknowledge.newBuilder().setHandle(unknown).setRevision(1))
                            .build());
            assertFailure(chat.socket(), FailureCode.UNKNOWN_HANDLE);

            assertLogged(chat, "o", 1, RawChat.message("o.1", "hi"));
        }
    }

    @Test
    void aVisitorMayNotWatchTheInbox() throws IOException {
        try (RawSocket socket = RawSocket.welcomed(port(), visitorToken())) {
            socket.send(ClientFrame.newBuilder()
                    .setWatchInbox(WatchInbox.getDefaultInstance())
                    .build());

            assertFailure(socket, FailureCode.NOT_ALLOWED);
        }
    }

    @Test
    void anInboxOfNoKnownKindIsABadFrame() throws IOException {
        try (RawSocket socket = RawSocket.welcomed(port(), visitorToken())) {
            socket.send(ClientFrame.newBuilder()
                    .setWatchInbox(WatchInbox.newBuilder().setKind("chat"))
                    .build());

            assertFailure(socket, FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        }
    }

    @Test
    void anothersConversationAndOneThatDoesNotExistAreForbiddenAlike() throws IOException {
        String conversation = GATEWAY.onLoop().get(bystander::conversation);
        String agentElsewhere = GATEWAY.mint().mint("other-tenant", TestGateway.agent("eve"), Duration.ofMinutes(5));

        assertThat(openFailed(visitorToken(), conversation)).isEqualTo(OpenFailedCode.OPEN_FORBIDDEN);
        assertThat(openFailed(visitorToken(), "no-such-conversation")).isEqualTo(OpenFailedCode.OPEN_FORBIDDEN);
        assertThat(openFailed(agentElsewhere, conversation)).isEqualTo(OpenFailedCode.OPEN_FORBIDDEN);
        assertThat(openFailed(agentElsewhere, "no-such-conversation")).isEqualTo(OpenFailedCode.OPEN_FORBIDDEN);
        assertThat(openFailed(visitorToken(), "x".repeat(1_000))).isEqualTo(OpenFailedCode.OPEN_MALFORMED);
    }

    private static OpenFailedCode openFailed(String token, String conversation) throws IOException {
        try (RawSocket socket = RawSocket.welcomed(port(), token)) {
            socket.send(ClientFrame.newBuilder()
                    .setOpen(Open.newBuilder().setConversation(conversation))
                    .build());
            return socket.await(ServerFrame::hasOpenFailed).getOpenFailed().getCode();
        }
    }

    // Tokens

    @Test
    void onlyAGoodTokenIsLetIn() throws IOException {
        String header = "{\"alg\":\"HS256\"}";
        long later = Clock.systemUTC().instant().getEpochSecond() + 600;
        String claims = "{\"tenant\":\"acme\",\"sub\":\"mallory\",\"role\":\"%s\",\"exp\":%d}";
        String good = GATEWAY.mint().sign(header, claims.formatted("visitor", later));
        String unsigned = GATEWAY.mint().sign("{\"alg\":\"none\"}", claims.formatted("agent", later));
        TokenMint other = new TokenMint("another secret, which is as long as the first", Clock.systemUTC());

        try (RawSocket socket = RawSocket.welcomed(port(), good)) {
            assertThat(socket.unread()).isEmpty();
        }
        assertNotLetIn("", FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn("garbage", FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn("a.b.c", FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn(good + "x", FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn("x".repeat(100_000), FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn(unsigned, FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
        assertNotLetIn(
                unsigned.substring(0, unsigned.lastIndexOf('.') + 1),
                FailureCode.UNAUTHENTICATED,
                CloseCode.UNAUTHENTICATED);
        assertNotLetIn(
                other.sign(header, claims.formatted("agent", later)),
                FailureCode.UNAUTHENTICATED,
                CloseCode.UNAUTHENTICATED);
        assertNotLetIn(
                GATEWAY.mint().sign(header, claims.formatted("root", later)),
                FailureCode.UNAUTHENTICATED,
                CloseCode.UNAUTHENTICATED);
        assertNotLetIn(
                GATEWAY.mint().sign(header, "{\"tenant\":\"acme\",\"sub\":\"m\",\"role\":\"agent\"}"),
                FailureCode.UNAUTHENTICATED,
                CloseCode.UNAUTHENTICATED);
        assertNotLetIn(
                GATEWAY.mint().sign(header, claims.formatted("visitor", later - 1_200)),
                FailureCode.TOKEN_EXPIRED,
                CloseCode.TOKEN_EXPIRED);
    }

    private static void assertNotLetIn(String token, FailureCode failure, CloseCode close) throws IOException {
        try (RawSocket socket = RawSocket.upgraded(port())) {
            socket.send(RawSocket.hello(token));
            assertFailure(socket, failure, close);
        }
    }

    // Submissions

    @Test
    void submissionsThatCannotBeMeantAreRejectedForGood() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            assertLogged(chat, "o", 1, RawChat.message("o.1", "a🙂b"));
            Rejections rejections = new Rejections(chat, "o", 2);

            rejections.expect(RejectCode.UNKNOWN_OPERATION, RawChat.unknown());
            rejections.expect(RejectCode.MALFORMED);
            rejections.expect(RejectCode.MALFORMED, RawChat.publish("o.1"), RawChat.publish("o.1"));
            rejections.expect(RejectCode.MALFORMED, RawChat.message("o.9", "x"), RawChat.publish("o.1"));
            rejections.expect(RejectCode.OUT_OF_RANGE, RawChat.edit("o.1", 3, List.of(4, 0), "x"));
            rejections.expect(RejectCode.OUT_OF_RANGE, RawChat.edit("o.1", 3, List.of(2, -2)));
            rejections.expect(
                    RejectCode.OUT_OF_RANGE,
                    RawChat.edit("o.1", 3, List.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 0), "x"));
            rejections.expect(RejectCode.LENGTH_MISMATCH, RawChat.edit("o.1", 4, List.of(1, 0), "x"));
            rejections.expect(RejectCode.NOT_CANONICAL, RawChat.edit("o.1", 3, List.of(1, 1, 0), "x"));
            rejections.expect(RejectCode.NOT_CANONICAL, RawChat.edit("o.1", 3, List.of(-1, 0), "x"));
            rejections.expect(RejectCode.NOT_CANONICAL, RawChat.edit("o.1", 3, List.of(0, 3), "x"));
            rejections.expect(RejectCode.NOT_CANONICAL, RawChat.edit("o.1", 3, List.of(0), ""));
            rejections.expect(RejectCode.MALFORMED, RawChat.edit("o.1", 3, List.of(0)));
            rejections.expect(RejectCode.UNKNOWN_BLOCK, RawChat.edit("o.77", 3, List.of(0), "x"));
            rejections.expect(RejectCode.BLOCK_EXISTS, RawChat.message("o.1", "again"));
            rejections.expect(RejectCode.FOREIGN_ID, RawChat.message("p.1", "not mine"));
            rejections.expect(RejectCode.TOO_LARGE, RawChat.message("o.9", "x".repeat(TEXT_LENGTH_MAX + 1)));
            rejections.expect(RejectCode.OUT_OF_RANGE, RawChat.advance("read", 1_000));
            rejections.expect(RejectCode.MALFORMED, RawChat.advance("", 1));
            rejections.expect(
                    RejectCode.TOO_LARGE,
                    Collections.nCopies(65, RawChat.set("o.1", "reaction/x", "y"))
                            .toArray(Operation[]::new));

            assertLogged(chat, "o", rejections.nextSeq, RawChat.edit("o.1", 3, List.of(2, 0), "!"));
        }
    }

    // Limits

    @Test
    void theLimitsAreAnnounced() throws IOException {
        try (RawSocket socket = RawSocket.upgraded(port())) {
            socket.send(RawSocket.hello(visitorToken()));
            Limits limits = socket.await(ServerFrame::hasWelcome).getWelcome().getLimits();

            assertThat(limits.getFrameBytesMax()).isEqualTo(FRAME_BYTES_MAX);
            assertThat(limits.getSubmissionBytesMax()).isEqualTo(SUBMISSION_BYTES_MAX);
            assertThat(limits.getOperationsPerSubmissionMax()).isEqualTo(OPERATIONS_MAX);
            assertThat(limits.getTextLengthMax()).isEqualTo(TEXT_LENGTH_MAX);
            assertThat(limits.getBlocksPerConversationMax()).isEqualTo(BLOCKS_MAX);
            assertThat(limits.getAttributesPerBlockMax()).isEqualTo(ATTRIBUTES_MAX);
            assertThat(limits.getIdLengthMax()).isEqualTo(128);
            assertThat(limits.getAttributeLengthMax()).isEqualTo(1_024);
            assertThat(limits.getSnapshotBlocks()).isEqualTo(200);
        }
    }

    @Test
    void aSubmissionOfTooManyBytesIsRejectedUnderItsNumberThoughEachPartWouldDo() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            String half = "🙂".repeat(SUBMISSION_BYTES_MAX / 8 - 100);
            Operation first = RawChat.message("o.1", half);
            Operation second = RawChat.message("o.2", half);
            Rejections rejections = new Rejections(chat, "o", 1);

            rejections.expect(RejectCode.TOO_LARGE, first, second, RawChat.message("o.3", "x".repeat(1_000)));
            rejections.expect(RejectCode.TOO_LARGE, first, second, RawChat.unknown(), RawChat.message("o.3", half));

            chat.submit("o", 3, 3, first, second);
            assertThat(chat.awaitAnswer().getEntries().getEntries(0).getEffectsCount())
                    .isEqualTo(2);
        }
    }

    @Test
    void aBlockTakesNoMoreTextThanIsAllowedByEditsAndByMerges() throws IOException {
        String half = "x".repeat(TEXT_LENGTH_MAX / 2);
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            assertLogged(chat, "o", 1, RawChat.message("o.1", half));
            Rejections rejections = new Rejections(chat, "o", 2);
            rejections.expect(
                    RejectCode.TOO_LARGE,
                    RawChat.edit("o.1", half.length(), List.of(0), "y".repeat(TEXT_LENGTH_MAX / 2 + 1)));
            assertLogged(chat, "o", 3, RawChat.message("o.2", half));
            try (RawChat desk = desk(chat.opened().getConversation())) {
                // With the line feed between them it is one too many.
                new Rejections(desk, "a", 1).expect(RejectCode.TOO_LARGE, RawChat.merge("o.2", "o.1"));
            }
        }
    }

    @Test
    void aBlockTakesNoMoreAttributesThanIsAllowed() throws IOException {
        String token = visitorToken();
        try (RawChat chat = RawChat.open(port(), token)) {
            assertLogged(chat, "o", 1, RawChat.message("o.1", "hi"));
            String subject = "stranger" + (subjects - 1);
            List<Operation> reactions = new ArrayList<>();
            for (int i = 0; i < ATTRIBUTES_MAX; i++) {
                reactions.add(RawChat.set("o.1", "reaction/" + i + "/" + subject, "yes"));
            }
            chat.submit("o", 2, 2, reactions.toArray(Operation[]::new));
            assertThat(chat.awaitAnswer().getEntries().getEntriesList()).hasSize(1);

            new Rejections(chat, "o", 3)
                    .expect(RejectCode.TOO_LARGE, RawChat.set("o.1", "reaction/one-more/" + subject, "yes"));
            assertLogged(chat, "o", 4, RawChat.set("o.1", "reaction/0/" + subject, ""));
        }
    }

    @Test
    void aConversationTakesNoMoreBlocksThanIsAllowed() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            int blocks = 0;
            long seq = 0;
            while (blocks < BLOCKS_MAX) {
                List<Operation> creates = new ArrayList<>();
                while (creates.size() < OPERATIONS_MAX && blocks < BLOCKS_MAX) {
                    creates.add(RawChat.message("o." + ++blocks, ""));
                }
                seq++;
                chat.submit("o", seq, seq, creates.toArray(Operation[]::new));
                assertThat(chat.awaitAnswer().getEntries().getEntriesList()).hasSize(1);
            }
            Rejections rejections = new Rejections(chat, "o", seq + 1);

            rejections.expect(RejectCode.CONVERSATION_FULL, RawChat.message("o.one-more", "x"));
            rejections.expect(
                    RejectCode.CONVERSATION_FULL,
                    RawChat.edit("o.1", 0, List.of(0), "x"),
                    RawChat.message("o.one-more", "x"));

            assertLogged(chat, "o", rejections.nextSeq, RawChat.edit("o.1", 0, List.of(0), "still"));
        }
    }

    @Test
    void whatARoleMayNotDoIsRejected() throws IOException {
        String conversation;
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            conversation = chat.opened().getConversation();
            assertLogged(chat, "v", 1, RawChat.message("v.1", "hello"));
            try (RawChat desk = desk(conversation)) {
                assertLogged(desk, "a", 1, RawChat.create("a.1", BlockKind.DRAFT, View.STAFF, "secret"));
                Rejections byAgent = new Rejections(desk, "a", 2);
                byAgent.expect(RejectCode.FORBIDDEN, RawChat.edit("v.1", 5, List.of(0), "not the agent's "));
                byAgent.expect(RejectCode.FORBIDDEN, RawChat.set("", "visitor", "mallory"));
                byAgent.expect(RejectCode.UNKNOWN_BLOCK, RawChat.publish("a.7"));
                byAgent.expect(RejectCode.BLOCK_PUBLISHED, RawChat.publish("v.1"));
            }
            Rejections byVisitor = new Rejections(chat, "v", 2);
            byVisitor.expect(
                    RejectCode.FORBIDDEN, RawChat.create("v.2", BlockKind.NOTE, View.STAFF, "not a visitor's"));
            byVisitor.expect(RejectCode.FORBIDDEN, RawChat.create("v.2", BlockKind.MESSAGE, View.STAFF, "hidden"));
            byVisitor.expect(RejectCode.FORBIDDEN, RawChat.set("", "assignee", "me"));
            byVisitor.expect(RejectCode.UNKNOWN_BLOCK, RawChat.edit("a.1", 6, List.of(0), "peek"));
            byVisitor.expect(RejectCode.UNKNOWN_BLOCK, RawChat.publish("a.1"));
            byVisitor.expect(RejectCode.UNKNOWN_BLOCK, RawChat.set("a.1", "reaction/x", "y"));
        }
    }

    @Test
    void anothersOutboxIsNotTaken() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            assertLogged(chat, "mine", 1, RawChat.message("mine.1", "hello"));
            try (RawChat desk = desk(chat.opened().getConversation())) {
                desk.submit("mine", 2, 2, RawChat.message("mine.2", "not mine"));
                assertFault(desk, OutboxFaultCode.OUTBOX_RESET, 0);
                new Rejections(desk, "mine", 1).expect(RejectCode.FOREIGN_ID, RawChat.message("mine.2", "not mine"));
            }
            assertLogged(chat, "mine", 2, RawChat.message("mine.2", "still mine"));
        }
    }

    @Test
    void aNumberOutOfTurnIsAnOutboxFaultAndChangesNothing() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            chat.submit("o", 2, 2, RawChat.message("o.2", "too early"));
            assertFault(chat, OutboxFaultCode.OUTBOX_RESET, 0);
            assertLogged(chat, "o", 1, RawChat.message("o.1", "one"));
            assertLogged(chat, "o", 2, RawChat.message("o.2", "two"));
            chat.submit("o", 4, 4, RawChat.message("o.4", "a gap"));
            assertFault(chat, OutboxFaultCode.OUTBOX_RESET, 2);
            chat.submit("o", 1, 1, RawChat.message("o.1", "one"));
            assertFault(chat, OutboxFaultCode.ALREADY_DONE, 2);
            chat.submit("o", 2, 99, RawChat.message("o.3", "other content"));
            assertFault(chat, OutboxFaultCode.FORKED, 2);

            assertLogged(chat, "o", 3, RawChat.message("o.3", "three"));
            assertThat(chat.base().getRevision()).isEqualTo(4);
        }
    }

    @Test
    void aBaseThatIsNotAPointOfTheLogIsRefusedForNow() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            Position inTheFuture = chat.base().toBuilder().setRevision(50).build();
            Position otherLog = chat.base().toBuilder()
                    .setHead(ByteString.copyFromUtf8("8 bytes!"))
                    .build();
            for (Position foreign : List.of(inTheFuture, otherLog)) {
                chat.send(
                        chat.submission("o", 1, 1, RawChat.message("o.1", "hi")).setBase(foreign));
                assertThat(chat.awaitAnswer().getAnswer().getRefused().getCode())
                        .isEqualTo(RefuseCode.FOREIGN_POSITION);
            }

            assertLogged(chat, "o", 1, RawChat.message("o.1", "hi"));
        }
    }

    @Test
    void aSubmissionThatCouldNotEvenBeAnsweredIsABadFrame() throws IOException {
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            chat.send(chat.submission("", 1, 1, RawChat.message("o.1", "hi")));
            assertFailure(chat.socket(), FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        }
        try (RawChat chat = RawChat.open(port(), visitorToken())) {
            chat.send(chat.submission("o", 1, 1).setContentId(ByteString.copyFromUtf8("short")));
            assertFailure(chat.socket(), FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        }
    }

    /** Submissions of one outbox, each of which has to be rejected. */
    private static final class Rejections {
        private final RawChat chat;
        private final String outbox;
        private long nextSeq;

        Rejections(RawChat chat, String outbox, long nextSeq) {
            this.chat = chat;
            this.outbox = outbox;
            this.nextSeq = nextSeq;
        }

        void expect(RejectCode code, Operation... operations) throws IOException {
            chat.submit(outbox, nextSeq, nextSeq, operations);
            Answer answer = chat.awaitAnswer().getAnswer();
            assertThat(answer.getRejected().getCode())
                    .as("%s", List.of(operations))
                    .isEqualTo(code);
            assertThat(answer.getSeq()).isEqualTo(nextSeq);
            nextSeq++;
        }
    }

    private static void assertLogged(RawChat chat, String outbox, long seq, Operation operation) throws IOException {
        chat.submit(outbox, seq, seq, operation);
        ServerFrame answer = chat.awaitAnswer();
        assertThat(answer.getEntries().getEntriesList())
                .as("%s", answer)
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getOutbox()).isEqualTo(outbox);
                    assertThat(entry.getSeq()).isEqualTo(seq);
                });
    }

    private static void assertFault(RawChat chat, OutboxFaultCode code, long lastSeq) throws IOException {
        Answer answer = chat.awaitAnswer().getAnswer();
        assertThat(answer.getFault().getCode()).isEqualTo(code);
        assertThat(answer.getFault().getLastSeq()).isEqualTo(lastSeq);
    }

    /** Sends bytes after the welcome. */
    private static void assertFails(FailureCode failure, CloseCode close, byte[] bytes) throws IOException {
        try (RawSocket socket = RawSocket.welcomed(port(), visitorToken())) {
            socket.write(bytes);
            assertFailure(socket, failure, close);
        }
    }

    private static void assertEndsWith(CloseCode close, byte[] bytes) throws IOException {
        try (RawSocket socket = RawSocket.welcomed(port(), visitorToken())) {
            socket.write(bytes);
            assertThat(socket.awaitClose()).isEqualTo(close.code());
        }
    }

    private static void assertFailure(RawSocket socket, FailureCode failure, CloseCode close) throws IOException {
        ServerFrame frame = socket.await(ServerFrame::hasFailure);
        assertThat(frame.getFailure().getCode()).isEqualTo(failure);
        assertThat(frame.getFailure().getCloseCode()).isEqualTo(close.code());
        assertThat(socket.awaitClose()).isEqualTo(close.code());
    }

    private static void assertFailure(RawSocket socket, FailureCode failure) throws IOException {
        ServerFrame frame = socket.await(ServerFrame::hasFailure);
        assertThat(frame.getFailure().getCode()).isEqualTo(failure);
        assertThat(frame.getFailure().getCloseCode()).isZero();
    }

    private static byte[] binary(byte[] payload) {
        return RawSocket.frame(RawSocket.BINARY, true, true, payload);
    }

    /** Of a visitor who was never here. */
    private static String visitorToken() {
        return GATEWAY.token(TestGateway.visitor("stranger" + subjects++));
    }

    private static RawChat desk(String conversation) throws IOException {
        Open request = Open.newBuilder().setConversation(conversation).build();
        return RawChat.open(port(), GATEWAY.token(TestGateway.agent("desk" + subjects++)), request);
    }

    private static int port() {
        return GATEWAY.process().port();
    }
}

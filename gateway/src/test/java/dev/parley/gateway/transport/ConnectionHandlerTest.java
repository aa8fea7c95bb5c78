package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.gateway.presence.Presence;
import dev.parley.gateway.session.Account;
import dev.parley.gateway.session.Accounts;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.session.SessionRegistry;
import dev.parley.gateway.session.Tokens;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.shard.ShardLimits;
import dev.parley.gateway.shard.TimedLoop;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.wire.CloseCode;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.SubmissionCodec;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Cursor;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.Refresh;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.WatchSite;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionHandlerTest {
    private static final int HEARTBEAT_MILLIS = Limits.DEFAULT.heartbeatMillis();
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");

    private long nowMillis = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis);
    private final Tokens tokens = new Tokens("a secret of more than thirty-two bytes, for tests", clock, 64);
    private final Socket socket = new Socket();
    private final TimedLoop loop = socket.loop();
    private final ConnectionCounters counters = new ConnectionCounters();
    private final MemoryEphemeral inner = new MemoryEphemeral(clock, Runnable::run);
    private final AbsentEphemeral shared = new AbsentEphemeral(inner);
    private final Limits limits = Limits.DEFAULT.withCounted(100, 100, 2, 0);
    private final Accounts accounts = new Accounts(1, shared, limits, clock);
    private final Node node = node();
    private final ConnectionHandler handler = new ConnectionHandler(loop, node);
    private @Nullable Integer closeCode;

    /** A socket whose peer takes only as many messages as it is allowed to. */
    private static final class Socket extends EmbeddedChannel {
        private int takes = Integer.MAX_VALUE;

        @Override
        protected void doWrite(ChannelOutboundBuffer outbound) {
            for (Object message = outbound.current(); message != null && takes > 0; message = outbound.current()) {
                takes--;
                outboundMessages().add(ReferenceCountUtil.retain(message));
                outbound.remove();
            }
        }

        private TimedLoop loop() {
            return new TimedLoop() {
                @Override
                public boolean isCurrent() {
                    return true;
                }

                @Override
                public void execute(Runnable task) {
                    eventLoop().execute(task);
                }

                @Override
                public void after(long delayMillis, Runnable task) {
                    eventLoop().schedule(task, delayMillis, TimeUnit.MILLISECONDS);
                }
            };
        }
    }

    @AfterEach
    void nothingIsLeaked() {
        socket.finishAndReleaseAll();
    }

    private Node node() {
        MemoryOperationStore store = new MemoryOperationStore(Runnable::run);
        Inbox inbox = new Inbox(store);
        ShardLimits bounds = new ShardLimits(1 << 20, 100, 1 << 20, 1_000, 1_024, 256);
        AtomicInteger handles = new AtomicInteger();
        Shard shard = new Shard(
                loop,
                store,
                new Policy(),
                Limits.DEFAULT,
                bounds,
                clock,
                inbox,
                handles::incrementAndGet,
                (key, visitor) -> {},
                new SplittableRandom(1));
        SessionRegistry<Connection> sessions = new SessionRegistry<>(shared, Connection::supersede);
        return new Node(
                tokens,
                limits,
                new ShardGroup(List.of(shard)),
                inbox,
                new Presence(
                        "node", new MemoryEphemeral(clock, Runnable::run), inbox, new Policy(), Limits.DEFAULT, clock),
                store,
                sessions,
                new GainedConversations(shared, sessions),
                clock,
                counters,
                new Drain(sessions, clock, below -> 0),
                accounts);
    }

    @BeforeEach
    void connect() {
        socket.freezeTime();
        socket.pipeline().addLast(GatewayChannelInitializer.idleness(HEARTBEAT_MILLIS), handler);
    }

    @Test
    void whoAcknowledgesNothingWhileSomethingWaitsIsClosedAndMayResume() throws Exception {
        greet(VERA);
        open();
        heartbeats(4);
        assertThat(socket.isOpen()).isTrue();
        heartbeats(2);

        assertThat(socket.isOpen()).isFalse();
        assertThat(told()).anyMatch(frame -> frame.getFailure().getCloseCode() == CloseCode.TOO_SLOW.code());
        assertThat(closeCode).isEqualTo(CloseCode.TOO_SLOW.code());
        assertThat(counters.tooSlow()).isEqualTo(1);
    }

    @Test
    void whoHasAcknowledgedAllMayStayAsLongAsItLikes() throws Exception {
        greet(VERA);
        Opened opened = open();
        acknowledge(opened);
        heartbeats(20);
        assertThat(socket.isOpen()).isTrue();

        assertThat(open().getHandle()).isEqualTo(opened.getHandle());
        heartbeats(20);
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void whoWasToldNothingOwesNothing() {
        greet(ANN);
        heartbeats(20);

        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void anAcknowledgementOfWhatWasNeverSentDoesNotCount() throws Exception {
        greet(VERA);
        Opened opened = open();
        for (int i = 0; i < 5; i++) {
            receive(ClientFrame.newBuilder()
                    .setAcknowledge(Acknowledge.newBuilder()
                            .setHandle(opened.getHandle())
                            .setRevision(1_000 + i)));
            heartbeats(1);
        }

        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void aSocketThatTakesNotAByteForTwoHeartbeatsIsGivenUp() {
        greet(VERA);
        socket.takes = 0;
        fill(3);
        assertThat(socket.isWritable()).isFalse();
        heartbeats(1);
        assertThat(socket.isOpen()).isTrue();
        heartbeats(1);

        assertThat(socket.isOpen()).isFalse();
        assertThat(counters.tooSlow()).isEqualTo(1);
    }

    @Test
    void aSocketThatTakesLittleAtATimeIsLeftInPeaceThoughItCannotBeHeard() {
        greet(VERA);
        socket.takes = 0;
        fill(20);
        for (int i = 0; i < 15; i++) {
            socket.takes = 1;
            socket.flush();
            heartbeats(1);
        }

        assertThat(socket.isWritable()).isFalse();
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void ofValuesThatReplaceEachOtherAFullSocketGetsTheLatestWhenItHasDrained() throws Exception {
        Connection connection = new Connection(
                socket,
                loop,
                node,
                principal(ANN),
                "session",
                Objects.requireNonNull(accounts.connect(principal(ANN), false)));
        socket.pipeline().replace(handler, "drained", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                if (ctx.channel().isWritable()) {
                    connection.drained();
                }
            }
        });
        socket.takes = 0;
        fill(3);
        for (int revision = 1; revision <= 1_000; revision++) {
            connection.deliver(new Delivery.InboxRows(List.of(row("a", revision))));
            connection.deliver(new Delivery.Delivered(7, revision, 0));
        }
        connection.deliver(new Delivery.InboxRows(List.of(row("b", 1))));
        socket.runPendingTasks();
        assertThat(told()).isEmpty();

        socket.takes = Integer.MAX_VALUE;
        socket.flush();
        socket.runPendingTasks();
        List<ServerFrame> frames = told();
        assertThat(frames).hasSize(2);
        assertThat(frames.get(0).getInbox().getRowsList())
                .extracting(row -> row.getConversation() + row.getRevision())
                .containsExactly("a1000", "b1");
        assertThat(frames.get(1).getDelivered().getVisitorToStaff()).isEqualTo(1_000);
    }

    @Test
    void whoSaysNothingForTwoHeartbeatsIsClosed() {
        greet(VERA);
        socket.advanceTimeBy(2L * HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
        socket.runPendingTasks();

        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatEndedLeavesNoTimerBehind() {
        socket.pipeline().removeFirst();
        greet(VERA);
        assertThat(socket.runScheduledPendingTasks()).isPositive();
        socket.pipeline().fireChannelInactive();

        assertThat(socket.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void aFreshTokenOfAnotherRoleBringsASnapshotOfWhatThatRoleSees() throws Exception {
        greet(VERA);
        open();
        told();

        refresh(new Author("vera", Role.AGENT, "Vera"));
        List<ServerFrame> staff = told();
        assertThat(staff.get(0).getWelcome().getPrincipal().getRole()).isEqualTo(dev.parley.wire.v1.Role.AGENT);
        assertThat(staff.get(1).getOpened().getView()).isEqualTo(dev.parley.wire.v1.View.STAFF);
        assertThat(staff.get(1).getOpened().hasBlocks()).isTrue();

        refresh(VERA);
        assertThat(told())
                .filteredOn(ServerFrame::hasOpened)
                .extracting(frame -> frame.getOpened().getView())
                .containsExactly(dev.parley.wire.v1.View.PUBLIC);
    }

    @Test
    void aFreshTokenOfTheSameRoleChangesNothingElse() throws Exception {
        greet(VERA);
        open();
        told();
        refresh(VERA);

        assertThat(told()).hasSize(1).allMatch(ServerFrame::hasWelcome);
    }

    @Test
    void aFreshTokenOfSomebodyElseEndsTheConnection() throws Exception {
        greet(VERA);
        refresh(ANN);

        assertThat(told()).anyMatch(frame -> frame.getFailure().getCode() == FailureCode.UNAUTHENTICATED);
        assertThat(closeCode).isEqualTo(CloseCode.UNAUTHENTICATED.code());
    }

    @Test
    void staffOpenAnArticleByNameAndTheFirstToDoSoCreatesIt() throws Exception {
        greet(ANN);
        Opened first = open(Open.newBuilder().setKind("ARTICLE").setName("Returns"));
        assertThat(first.getBlocks().getAttributesList())
                .anyMatch(attribute -> attribute.getKey().equals("kind")
                        && attribute.getValue().equals("ARTICLE"));

        assertThat(open(Open.newBuilder().setKind("ARTICLE").setName("Returns")).getConversation())
                .isEqualTo(first.getConversation());
    }

    @Test
    void whoLooksAtAConversationIsTold() throws Exception {
        int handle = openArticle();
        signal(Signal.newBuilder().setHandle(handle).setTyping(View.STAFF));
        beat();

        assertThat(told()).singleElement().satisfies(frame -> {
            assertThat(frame.getPeers().getHandle()).isEqualTo(handle);
            assertThat(frame.getPeers().getPeers(0).getAuthor().getSubject()).isEqualTo("ann");
            assertThat(frame.getPeers().getPeers(0).getTyping()).isEqualTo(View.STAFF);
        });
    }

    @Test
    void aSignalOfWhatIsNotOpenOrNowhereIsAFailureAndNoMore() throws Exception {
        int handle = openArticle();
        signal(Signal.newBuilder().setHandle(handle + 1));
        signal(Signal.newBuilder()
                .setHandle(handle)
                .setCursor(Cursor.newBuilder().setBlock("b").setStart(-1)));
        beat();

        assertThat(told())
                .extracting(frame -> frame.getFailure().getCode())
                .containsExactly(FailureCode.UNKNOWN_HANDLE, FailureCode.BAD_FRAME);
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void aSlowSocketIsToldTheLatestPeersAndTheWholeSiteOnceItHasDrained() throws Exception {
        int handle = openArticle();
        signal(Signal.newBuilder().setHandle(handle));
        receive(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));
        beat();
        told();
        socket.takes = 0;
        fill(3);
        for (int i = 0; i < 5; i++) {
            signal(Signal.newBuilder().setHandle(handle).setTyping(i % 2 == 0 ? View.STAFF : View.PUBLIC));
            receive(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance())); // as when something changed
            beat();
        }
        socket.takes = Integer.MAX_VALUE;
        socket.flush();
        socket.runPendingTasks();
        beat();

        List<ServerFrame> frames = told();
        assertThat(frames).filteredOn(ServerFrame::hasPeers).singleElement().satisfies(frame -> assertThat(
                        frame.getPeers().getPeers(0).getTyping())
                .isEqualTo(View.STAFF));
        assertThat(frames).filteredOn(ServerFrame::hasSite).singleElement().satisfies(frame -> assertThat(
                        frame.getSite().getWhole())
                .isTrue());
    }

    @Test
    void whoBecomesSomebodyElseLooksAtNothingAnyMore() throws Exception {
        int handle = openArticle();
        signal(Signal.newBuilder().setHandle(handle));
        receive(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));
        beat();
        told();
        refresh(new Author("ann", Role.VISITOR, "Ann"));
        beat();
        beat();

        assertThat(told()).noneMatch(frame -> frame.hasPeers() || frame.hasSite());
    }

    private int openArticle() throws Exception {
        greet(ANN);
        beat();
        told();
        return open(Open.newBuilder().setKind("ARTICLE").setName("Returns")).getHandle();
    }

    @Test
    void whatComesBehindHelloIsServedInOrderWhenTheLeadershipIsKnown() throws Exception {
        shared.leave();
        greet(VERA);
        receive(ClientFrame.newBuilder().setOpen(Open.newBuilder()));
        receive(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNonce(7)));
        assertThat(told()).isEmpty();
        assertThat(socket.config().isAutoRead()).isFalse();
        shared.comeBack();
        socket.runPendingTasks();

        assertThat(socket.config().isAutoRead()).isTrue();
        List<ServerFrame> told = told();
        assertThat(told.get(0).getWelcome().getFence()).isPositive();
        assertThat(told).anyMatch(frame -> frame.getPong().getNonce() == 7);
        assertThat(told).anyMatch(ServerFrame::hasOpened);
    }

    @Test
    void whoseLeadershipCannotBeKnownIsRefusedAndToldWhenToComeAgain() throws Exception {
        shared.leave();
        greet(VERA);
        receive(ClientFrame.newBuilder().setOpen(Open.newBuilder()));
        shared.timeOut();
        socket.runPendingTasks();

        List<ServerFrame> told = told();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).getFailure().getCode()).isEqualTo(FailureCode.UNAVAILABLE);
        assertThat(told.get(0).getFailure().getDelayMillis()).isPositive();
        assertThat(closeCode).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        assertThat(node.sessions().all()).isEmpty();
    }

    @Test
    void whoIsGoneBeforeTheLeadershipIsKnownIsNotRegistered() {
        shared.leave();
        greet(VERA);
        socket.close();
        socket.runPendingTasks();
        shared.comeBack();
        socket.runPendingTasks();

        assertThat(node.sessions().all()).isEmpty();
    }

    @Test
    void aHelloWhoseSocketHasEndedSinceSupersedesNobody() throws Exception {
        List<String> superseded = new ArrayList<>();
        Principal vera = principal(VERA);
        SessionRegistry<String> other = new SessionRegistry<>(inner, superseded::add);
        other.newestFence(vera, "session", SessionRegistry.NEW_LEADERSHIP)
                .thenAccept(fence -> other.register(vera, "session", fence, "elsewhere"));
        socket.pipeline().fireChannelRead(hello(VERA).build());
        socket.pipeline().close();
        socket.runPendingTasks();

        assertThat(superseded).isEmpty();
        assertThat(node.sessions().all()).isEmpty();
    }

    @Test
    void whatMayWaitForTheAnswerToHelloIsBounded() throws Exception {
        shared.leave();
        greet(VERA);
        int limit = 4 * Limits.DEFAULT.frameBytesMax();
        for (int bytes = 0; bytes <= limit && socket.isOpen(); bytes += 1_000) {
            receive(ClientFrame.newBuilder().setOpen(Open.newBuilder().setName("n".repeat(1_000))));
        }

        assertThat(told().get(0).getFailure().getCode()).isEqualTo(FailureCode.TOO_MANY);
        assertThat(closeCode).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        shared.comeBack();
        socket.runPendingTasks();
        assertThat(node.sessions().all()).isEmpty();
    }

    @Test
    void aSecondHelloIsABadFrameBeforeTheFirstIsAnsweredToo() throws Exception {
        shared.leave();
        greet(VERA);
        greet(VERA);
        shared.comeBack();
        socket.runPendingTasks();

        assertThat(told()).anyMatch(frame -> frame.getFailure().getCode() == FailureCode.BAD_FRAME);
    }

    @Test
    void aLeadershipElsewhereThatWasNotHeardOfIsLookedUp() throws Exception {
        greet(VERA);
        told();
        shared.leave();
        SessionRegistry<Connection> other = new SessionRegistry<>(inner, Connection::supersede);
        other.newestFence(principal(VERA), "session", SessionRegistry.NEW_LEADERSHIP);
        shared.comeBack();
        heartbeats(12);

        assertThat(told()).anyMatch(frame -> frame.getFailure().getCode() == FailureCode.SUPERSEDED);
        assertThat(closeCode).isEqualTo(CloseCode.SUPERSEDED.code());
    }

    @Test
    void whoSubmitsTooMuchIsRefusedWithADelayAndLosesNothing() throws Exception {
        greet(VERA);
        Opened opened = open();
        for (long seq = 1; seq <= 101; seq++) {
            submit(opened, seq);
        }
        List<ServerFrame> told = told();
        assertThat(told.stream()
                        .mapToInt(frame -> frame.getEntries().getEntriesCount())
                        .sum())
                .isEqualTo(100);
        assertThat(told).filteredOn(ServerFrame::hasAnswer).singleElement().satisfies(frame -> {
            assertThat(frame.getAnswer().getSeq()).isEqualTo(101);
            assertThat(frame.getAnswer().getRefused().getCode()).isEqualTo(RefuseCode.RATE_LIMITED);
            assertThat(frame.getAnswer().getRefused().getDelayMillis()).isEqualTo(10);
        });

        nowMillis += 10;
        submit(opened, 101);
        assertThat(told()).filteredOn(ServerFrame::hasEntries).singleElement().satisfies(frame -> assertThat(
                        frame.getEntries().getEntries(0).getSeq())
                .isEqualTo(101));
    }

    @Test
    void aPrincipalWithTooManyConnectionsIsToldAtHelloWhenToComeAgain() throws Exception {
        Account first = accounts.connect(principal(VERA), false);
        assertThat(accounts.connect(principal(VERA), false)).isNotNull();
        greet(VERA);

        assertThat(told()).singleElement().satisfies(frame -> {
            assertThat(frame.getFailure().getCode()).isEqualTo(FailureCode.TOO_MANY);
            assertThat(frame.getFailure().getDelayMillis()).isPositive();
            assertThat(frame.getFailure().getCloseCode()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        });
        assertThat(closeCode).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        assertThat(node.sessions().all()).isEmpty();
        Objects.requireNonNull(first).disconnect();
        assertThat(accounts.connect(principal(VERA), false)).isNotNull();
    }

    @Test
    void whoHasAllItsConnectionsMayReplaceOneByItsSession() throws Exception {
        Principal vera = principal(VERA);
        assertThat(accounts.connect(vera, false)).isNotNull();
        Connection older = new Connection(
                new EmbeddedChannel(),
                loop,
                node,
                vera,
                "session",
                Objects.requireNonNull(accounts.connect(vera, false)));
        assertThat(older.begin(1)).isTrue();
        greet(VERA);

        assertThat(told()).anyMatch(ServerFrame::hasWelcome);
        older.end();
        assertThat(accounts.connect(vera, false)).as("both are still connected").isNull();
    }

    @Test
    void howeverAConnectionEndsItCountsNoMore() throws Exception {
        greet(VERA);
        socket.close();
        socket.runPendingTasks();
        shared.leave();
        Socket refused = new Socket();
        refused.pipeline().addLast(new ConnectionHandler(loop, node));
        refused.writeInbound(hello(VERA).build());
        refused.close();
        shared.timeOut();
        refused.runPendingTasks();
        socket.runPendingTasks();
        shared.comeBack();

        assertThat(accounts.connect(principal(VERA), false)).isNotNull();
        assertThat(accounts.connect(principal(VERA), false)).isNotNull();
        assertThat(accounts.connect(principal(VERA), false)).isNull();
        refused.finishAndReleaseAll();
    }

    private void submit(Opened opened, long seq) throws Exception {
        Submission submission = new Submission(
                new SubmissionId("an outbox", seq, seq),
                PositionCodec.decode(opened.getBlocks().getPosition()),
                List.of(new Operation.CreateBlock(
                        "an outbox." + seq,
                        BlockKind.MESSAGE,
                        dev.parley.conversation.View.PUBLIC,
                        "hello",
                        Attributes.NONE)),
                0);
        receive(ClientFrame.newBuilder().setSubmit(SubmissionCodec.encode(opened.getHandle(), submission)));
        // A shard rests between appends, so that other nodes have their turn.
        socket.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        socket.runPendingTasks();
    }

    private void signal(Signal.Builder signal) {
        receive(ClientFrame.newBuilder().setSignal(signal));
    }

    private void beat() {
        node.presence().beat();
        socket.runPendingTasks();
    }

    private void refresh(Author author) {
        receive(ClientFrame.newBuilder()
                .setRefresh(Refresh.newBuilder().setToken(tokens.mint("shop", author, Duration.ofDays(1)))));
    }

    private Principal principal(Author author) throws Exception {
        return tokens.verify(tokens.mint("shop", author, Duration.ofDays(1)));
    }

    private static ConversationSummary row(String conversation, long revision) {
        return new ConversationSummary(
                conversation,
                ConversationSummary.CHAT,
                "vera",
                "Vera",
                "open",
                "",
                "",
                List.of(),
                "text",
                Role.VISITOR,
                1_000,
                revision);
    }

    private void greet(Author author) {
        receive(hello(author));
    }

    private ClientFrame.Builder hello(Author author) {
        return ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(1)
                        .setToken(tokens.mint("shop", author, Duration.ofDays(1)))
                        .setSession("session"));
    }

    private Opened open() throws InvalidProtocolBufferException {
        return open(Open.newBuilder());
    }

    private Opened open(Open.Builder open) throws InvalidProtocolBufferException {
        receive(ClientFrame.newBuilder().setOpen(open));
        return told().stream()
                .filter(ServerFrame::hasOpened)
                .findFirst()
                .orElseThrow()
                .getOpened();
    }

    private void acknowledge(Opened opened) {
        receive(ClientFrame.newBuilder()
                .setAcknowledge(Acknowledge.newBuilder()
                        .setHandle(opened.getHandle())
                        .setRevision(opened.getBlocks().getPosition().getRevision())));
    }

    private void receive(ClientFrame.Builder frame) {
        socket.writeInbound(frame.build());
        socket.runPendingTasks();
    }

    /** Each ends with a ping, as a client says something in each. */
    private void heartbeats(int count) {
        for (int i = 0; i < count && socket.isOpen(); i++) {
            socket.advanceTimeBy(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
            socket.runPendingTasks();
            if (socket.isOpen() && socket.isWritable()) {
                receive(ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()));
            }
        }
    }

    /** As many messages as together the socket's buffer is too small for. */
    private void fill(int messages) {
        for (int i = 0; i < messages; i++) {
            socket.write(new BinaryWebSocketFrame(socket.alloc().buffer().writeZero(32 * 1024)));
        }
        socket.flush();
    }

    /** What the socket was told since the last call, without what filled it. */
    private List<ServerFrame> told() throws InvalidProtocolBufferException {
        List<ServerFrame> frames = new ArrayList<>();
        for (Object message = socket.readOutbound(); message != null; message = socket.readOutbound()) {
            if (message instanceof CloseWebSocketFrame close) {
                closeCode = close.statusCode();
            } else if (message instanceof BinaryWebSocketFrame binary) {
                byte[] bytes = ByteBufUtil.getBytes(binary.content());
                if (bytes.length > 0 && bytes[0] != 0) {
                    frames.addAll(ServerFrames.parseFrom(bytes).getFramesList());
                }
            }
            ReferenceCountUtil.release(message);
        }
        return frames;
    }
}

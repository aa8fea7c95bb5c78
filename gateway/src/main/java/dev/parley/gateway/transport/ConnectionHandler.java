package dev.parley.gateway.transport;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Submission;
import dev.parley.gateway.presence.Cursor;
import dev.parley.gateway.presence.Signal;
import dev.parley.gateway.presence.SignalCodec;
import dev.parley.gateway.session.Account;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.NamedConversation;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.session.SessionRegistry;
import dev.parley.gateway.session.TokenException;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.ot.Text;
import dev.parley.wire.CloseCode;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.SubmissionCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.Refresh;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.WatchInbox;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the frames of one socket: the first is Hello, each later one goes where it belongs. No rules here. On the event loop
 * of the socket.
 */
final class ConnectionHandler extends SimpleChannelInboundHandler<ClientFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    private static final int HELLO_TIMEOUT_MILLIS = 10_000;
    private static final int OUTBOXES_PER_OPEN_MAX = 64;
    /** So long a client has to open what it knows, each from where it is: many tabs may have to tell the one that connected. */
    private static final int OWN_OPENS_MILLIS = 2_000;

    private static final int INBOX_PAGE_MAX = 200;

    /** So many messages of the largest size may come before Hello is answered. */
    private static final int EARLY_MESSAGES_MAX = 4;

    private final Loop loop;
    private final Node node;
    private final Deque<ClientFrame> early = new ArrayDeque<>(0);
    private @Nullable Future<?> helloTimeout;
    private @Nullable Future<?> ownOpens;
    private @Nullable Future<?> beat;
    private @Nullable Future<?> expiry;
    private int earlyBytes;
    private boolean greeted;
    private boolean ended;
    private @Nullable Connection connection;
    private boolean opened;
    private boolean failed;

    ConnectionHandler(Loop loop, Node node) {
        super(ClientFrame.class);
        this.loop = loop;
        this.node = node;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof HandshakeComplete || event == EventStream.OPENED) {
            opened = true;
            node.counters().accepted.increment();
            helloTimeout = ctx.executor()
                    .schedule(
                            () -> fail(ctx, FailureCode.HELLO_EXPECTED, CloseCode.TIMEOUT),
                            HELLO_TIMEOUT_MILLIS,
                            TimeUnit.MILLISECONDS);
        } else if (event instanceof IdleStateEvent idle) {
            idle(ctx, idle);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    /** A socket that is full is not read from, so its silence says nothing. */
    private static void idle(ChannelHandlerContext ctx, IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE && ctx.channel().isWritable()) {
            Connection.close(ctx.channel(), CloseCode.TIMEOUT);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ClientFrame frame) throws WireException {
        if (failed) {
            return;
        }
        node.counters().framesIn.increment();
        if (connection != null && early.isEmpty()) {
            receive(ctx, connection, frame);
        } else if (greeted) {
            hold(ctx, frame);
        } else if (frame.hasHello()) {
            hello(ctx, frame.getHello());
        } else {
            fail(ctx, FailureCode.HELLO_EXPECTED, CloseCode.BAD_FRAME);
        }
    }

    /** Until the Hello before it is answered. */
    private void hold(ChannelHandlerContext ctx, ClientFrame frame) {
        earlyBytes += frame.getSerializedSize();
        if (earlyBytes > EARLY_MESSAGES_MAX * node.limits().frameBytesMax()) {
            early.clear();
            fail(ctx, FailureCode.TOO_MANY, CloseCode.TRY_AGAIN_LATER);
        } else {
            early.add(frame);
        }
    }

    private void receive(ChannelHandlerContext ctx, Connection begun, ClientFrame frame) throws WireException {
        if (frame.hasHello()) {
            throw new WireException("a second Hello");
        } else if (frame.hasRefresh()) {
            refresh(ctx, begun, frame.getRefresh());
        } else {
            dispatch(begun, frame);
        }
    }

    private static void dispatch(Connection connection, ClientFrame frame) throws WireException {
        switch (frame.getKindCase()) {
            case OPEN -> open(connection, frame.getOpen());
            case SUBMIT ->
                connection.submit(frame.getSubmit().getHandle(), submission(frame.getSubmit(), connection.limits()));
            case ACKNOWLEDGE ->
                connection.acknowledge(
                        frame.getAcknowledge().getHandle(),
                        frame.getAcknowledge().getRevision());
            case PING -> connection.pong(frame.getPing().getNonce());
            case WATCH_INBOX -> watchInbox(connection, frame.getWatchInbox());
            case LEAVE -> connection.leave(frame.getLeave().getHandle());
            case READ_BLOCKS ->
                connection.readBlocks(
                        frame.getReadBlocks().getHandle(),
                        frame.getReadBlocks().getBefore(),
                        Math.max(1, frame.getReadBlocks().getLimit()));
            case DIVERGED -> connection.diverged(frame.getDiverged().getHandle());
            case SIGNAL -> signal(connection, frame.getSignal());
            case VISIT ->
                connection
                        .presence()
                        .visit(frame.getVisit().getPage(), frame.getVisit().getTitle());
            case WATCH_SITE -> connection.presence().watchSite();
            case ARRANGE_QUEUE ->
                connection
                        .presence()
                        .arrange(
                                frame.getArrangeQueue().getConversation(),
                                frame.getArrangeQueue().getRank());
            case HELLO, REFRESH, KIND_NOT_SET -> throw new WireException("a frame of no known kind");
        }
    }

    private static void signal(Connection connection, dev.parley.wire.v1.Signal signal) {
        Cursor cursor = signal.hasCursor() ? SignalCodec.decode(signal.getCursor()) : null;
        connection.signal(
                signal.getHandle(), signal.getAway(), new Signal(SignalCodec.decode(signal.getTyping()), cursor));
    }

    /** What is too large is rejected under its number, without being looked at. */
    private static Submission submission(Submit submit, Limits limits) throws WireException {
        if (submit.getSerializedSize() <= limits.submissionBytesMax()) {
            return SubmissionCodec.decode(submit);
        }
        Submission header = SubmissionCodec.decode(
                submit.toBuilder().clearOperations().clearOrigin().build());
        return new Submission(
                header.id(),
                header.base(),
                List.of(new Operation.Invalid(RejectCode.TOO_LARGE)),
                header.composedAtMillis());
    }

    private void hello(ChannelHandlerContext ctx, Hello hello) throws WireException {
        if (hello.getProtocolVersion() < ProtocolVersion.OLDEST_SERVED) {
            fail(ctx, FailureCode.UPGRADE, CloseCode.UPGRADE);
            return;
        }
        int idLengthMax = node.limits().idLengthMax();
        if (hello.getSession().isEmpty() || hello.getSession().length() > idLengthMax) {
            throw new WireException("Hello without a usable session");
        }
        if (hello.getFence() < 0 || hello.getFence() > SessionRegistry.FENCE_MAX) {
            throw new WireException("a fence out of range");
        }
        Principal principal = verified(ctx, hello.getToken());
        if (principal == null) {
            return;
        }
        if (node.drain().isOverdue()) {
            comeLater(
                    ctx,
                    FailureCode.GOING_AWAY,
                    RetryDelay.DRAINED.millis(hello.getSession().hashCode()));
            return;
        }
        boolean replaces = node.sessions().isHeld(principal, hello.getSession());
        Account account = node.accounts().connect(principal, replaces);
        if (account == null) {
            comeLater(
                    ctx,
                    FailureCode.TOO_MANY,
                    RetryDelay.CROWDED.millis(hello.getSession().hashCode()));
            return;
        }
        Connection begun = new Connection(ctx.channel(), loop, node, principal, hello.getSession(), account);
        greeted = true;
        cancel(helloTimeout);
        helloTimeout = null;
        loop.execute(() -> ask(ctx, hello, begun));
    }

    /**
     * In a turn of its own, when all that waited at the socket has been read: what a node finds there that stood still may be
     * of a client that has given it up since, and is connected elsewhere under the same session.
     */
    private void ask(ChannelHandlerContext ctx, Hello hello, Connection begun) {
        if (failed || !ctx.channel().isActive()) {
            begun.refuse();
            return;
        }
        node.sessions()
                .newestFence(begun.principal(), hello.getSession(), hello.getFence())
                .whenComplete((newest, failure) -> {
                    if (loop.isCurrent()) {
                        answer(ctx, hello, begun, newest, failure);
                    } else {
                        loop.execute(() -> answer(ctx, hello, begun, newest, failure));
                    }
                });
        if (isAsking()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    /** Whether Hello has come and is not answered. */
    private boolean isAsking() {
        return greeted && connection == null;
    }

    /** The nodes' common knowledge has said who leads the session. */
    private void answer(
            ChannelHandlerContext ctx,
            Hello hello,
            Connection begun,
            @Nullable Long newest,
            @Nullable Throwable failure) {
        if (failed || ended) {
            begun.refuse();
        } else if (newest == null) {
            LOG.warn("a Hello had to be refused: {}", failure == null ? "" : failure.toString());
            begun.refuse();
            comeLater(
                    ctx,
                    FailureCode.UNAVAILABLE,
                    RetryDelay.STORE_AWAY.millis(hello.getSession().hashCode()));
        } else if ((hello.getFence() != SessionRegistry.NEW_LEADERSHIP && newest > hello.getFence())
                || !begun.begin(newest)) {
            begun.refuse();
            fail(ctx, FailureCode.SUPERSEDED, CloseCode.SUPERSEDED);
        } else {
            begin(ctx, begun);
        }
    }

    private void begin(ChannelHandlerContext ctx, Connection begun) {
        connection = begun;
        expire(ctx, begun);
        ownOpens = ctx.executor()
                .schedule(
                        () -> {
                            ownOpens = null;
                            begun.joinOwn();
                        },
                        OWN_OPENS_MILLIS,
                        TimeUnit.MILLISECONDS);
        int beatMillis = node.limits().heartbeatMillis();
        beat = ctx.executor()
                .scheduleWithFixedDelay(
                        () -> {
                            begun.beat();
                            expire(ctx, begun);
                        },
                        beatMillis,
                        beatMillis,
                        TimeUnit.MILLISECONDS);
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        earlyBytes = 0;
        while (!early.isEmpty() && !failed) {
            try {
                receive(ctx, begun, early.remove());
            } catch (WireException e) {
                exceptionCaught(ctx, e);
            }
        }
    }

    private @Nullable Principal verified(ChannelHandlerContext ctx, String token) {
        try {
            return node.tokens().verify(token);
        } catch (TokenException e) {
            LOG.debug("refused a token: {}", e.getMessage());
            fail(
                    ctx,
                    e.isExpired() ? FailureCode.TOKEN_EXPIRED : FailureCode.UNAUTHENTICATED,
                    e.isExpired() ? CloseCode.TOKEN_EXPIRED : CloseCode.UNAUTHENTICATED);
            return null;
        }
    }

    /** Closes the connection when its token runs out, if that is before the next beat and it is not refreshed. */
    private void expire(ChannelHandlerContext ctx, Connection begun) {
        long leftMillis = begun.principal().expiresAtMillis() - node.clock().millis();
        cancel(expiry);
        if (leftMillis <= node.limits().heartbeatMillis()) {
            expiry = ctx.executor()
                    .schedule(
                            () -> {
                                if (begun.principal().expiresAtMillis()
                                        <= node.clock().millis()) {
                                    begun.fail(FailureCode.TOKEN_EXPIRED, CloseCode.TOKEN_EXPIRED);
                                }
                            },
                            leftMillis,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void refresh(ChannelHandlerContext ctx, Connection begun, Refresh refresh) {
        Principal fresh = verified(ctx, refresh.getToken());
        if (fresh == null) {
            return;
        }
        Principal before = begun.principal();
        if (!fresh.tenant().equals(before.tenant()) || !fresh.subject().equals(before.subject())) {
            fail(ctx, FailureCode.UNAUTHENTICATED, CloseCode.UNAUTHENTICATED);
            return;
        }
        begun.refresh(fresh);
        expire(ctx, begun);
    }

    private static void open(Connection connection, Open open) throws WireException {
        String tenant = connection.principal().tenant();
        boolean named = open.getConversation().isEmpty();
        boolean staff = connection.principal().role().isStaff();
        int idLengthMax = connection.limits().idLengthMax();
        if (open.getConversation().length() > idLengthMax
                || open.getName().length() > idLengthMax
                || !Text.isWellFormed(open.getName())
                || open.getOutboxesCount() > OUTBOXES_PER_OPEN_MAX
                || (named && staff && !isArticle(open))) {
            connection.refuseOpen(open.getConversation(), open.getName());
            return;
        }
        String name = named && !staff && open.getName().isEmpty() ? NamedConversation.DEFAULT_NAME : open.getName();
        String kind = !named ? "" : staff ? ConversationSummary.ARTICLE : ConversationSummary.CHAT;
        String id = open.getConversation();
        if (named) {
            id = staff
                    ? NamedConversation.article(tenant, name)
                    : NamedConversation.ofVisitor(tenant, connection.principal().subject(), name);
        }
        Position position = open.hasPosition() ? PositionCodec.decode(open.getPosition()) : Position.START;
        List<String> outboxes = new ArrayList<>();
        for (OutboxMark mark : open.getOutboxesList()) {
            outboxes.add(mark.getOutbox());
        }
        connection.open(new OpenRequest(
                new ConversationKey(tenant, id), kind, name, position, open.getPending(), List.copyOf(outboxes)));
    }

    private static boolean isArticle(Open open) {
        return open.getKind().equals(ConversationSummary.ARTICLE)
                && !open.getName().isEmpty()
                && open.getName().chars().noneMatch(Character::isISOControl);
    }

    private static void watchInbox(Connection connection, WatchInbox watch) throws WireException {
        String kind = watch.getKind().isEmpty() ? ConversationSummary.CHAT : watch.getKind();
        if (!ConversationSummary.KINDS.contains(kind)) {
            throw new WireException("an inbox of no known kind");
        }
        connection.watchInbox(
                kind, watch.getAfter().toByteArray(), Math.min(Math.max(watch.getLimit(), 1), INBOX_PAGE_MAX));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        // Who does not take what it is told is not listened to either: its pings and requests would only add answers.
        ctx.channel().config().setAutoRead(writable && !isAsking());
        if (writable && connection != null) {
            connection.drained();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        ended = true;
        if (opened) {
            node.counters().closed.increment();
        }
        if (connection != null) {
            connection.end();
        }
        cancel(helloTimeout);
        cancel(ownOpens);
        cancel(beat);
        cancel(expiry);
        super.channelInactive(ctx);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (reason instanceof TooLongFrameException || isTooBig(reason)) {
            fail(ctx, FailureCode.FRAME_TOO_LARGE, CloseCode.TOO_BIG);
        } else if (reason instanceof WireException) {
            LOG.debug("bad frame: {}", reason.getMessage());
            fail(ctx, FailureCode.BAD_FRAME, CloseCode.BAD_FRAME);
        } else if (reason instanceof CorruptedFrameException) {
            fail(ctx, FailureCode.BAD_FRAME, CloseCode.PROTOCOL_ERROR);
        } else {
            LOG.debug("connection broke", reason);
            ctx.close();
        }
    }

    private static boolean isTooBig(Throwable reason) {
        return reason instanceof CorruptedWebSocketFrameException corrupted
                && corrupted.closeStatus().code() == CloseCode.TOO_BIG.code();
    }

    /** Says what is wrong, closes, and hears no more. */
    private void fail(ChannelHandlerContext ctx, FailureCode code, CloseCode closeCode) {
        if (failed) {
            return;
        }
        failed = true;
        node.counters().failures.increment();
        if (connection != null) {
            connection.fail(code, closeCode);
        } else {
            Connection.fail(ctx.channel(), FrameEncoder.failure(code, closeCode), closeCode);
        }
    }

    /** The same, and when to come again. */
    private void comeLater(ChannelHandlerContext ctx, FailureCode code, int delayMillis) {
        failed = true;
        node.counters().failures.increment();
        Connection.fail(ctx.channel(), FrameEncoder.comeLater(code, delayMillis), CloseCode.TRY_AGAIN_LATER);
    }
}

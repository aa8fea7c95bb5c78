package dev.parley.load;

import dev.parley.conversation.Author;
import dev.parley.conversation.Replica;
import dev.parley.load.check.History;
import dev.parley.wire.CloseCode;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Acknowledge;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.GoAway;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Leave;
import dev.parley.wire.v1.OpenFailed;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Welcome;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client with one socket, which it keeps open: whenever it breaks, it connects again, catches up, and then sends what is
 * pending under its old numbers. It lives on the event loop it is given and is touched there alone.
 */
public final class WireClient {
    /** Codes after which another try would end the same way. */
    private static final Set<Integer> FINAL = Set.of(
            CloseCode.PROTOCOL_ERROR.code(),
            CloseCode.TOO_BIG.code(),
            CloseCode.BAD_FRAME.code(),
            CloseCode.FORBIDDEN.code(),
            CloseCode.SUPERSEDED.code(),
            CloseCode.UPGRADE.code());

    private static final int WELCOME_MILLIS_MAX = 30_000;
    private static final int ACKNOWLEDGE_MILLIS = 100;
    private static final int BACK_OFF_FIRST_MILLIS = 100;
    private static final int BACK_OFF_CEILING_MILLIS = 2_000;

    private final EventLoop loop;
    private final Supplier<URI> url;
    private final Author self;
    private final String name;
    private final Supplier<String> tokens;
    private final RandomGenerator random;
    private final int readDelayMillis;
    private final Observer observer;
    private final BackOff backOff;
    private final String session;
    /** Of the leadership that it has; zero asks for one. */
    private long fence;

    private final List<WireConversation> conversations = new ArrayList<>();
    private final Map<Integer, WireConversation> byHandle = new HashMap<>();
    private final Set<WireConversation> toAcknowledge = new LinkedHashSet<>();
    private @Nullable GatewayConnection connection;
    private int generation;
    private int cuts;
    private boolean stopped = true;
    private boolean held;
    private boolean greeted;
    private boolean welcome;
    private long lastReceivedNanos;
    private long lastSentNanos;

    /**
     * {@code url} says for each connection where it goes; {@code name} is for people. With {@code readDelayMillis} it reads so
     * much late, and so writes on the past.
     */
    public WireClient(
            EventLoop loop,
            Supplier<URI> url,
            Author self,
            String name,
            Supplier<String> tokens,
            RandomGenerator random,
            int readDelayMillis,
            Observer observer) {
        this.loop = loop;
        this.url = url;
        this.self = self;
        this.name = name;
        this.tokens = tokens;
        this.random = random;
        this.readDelayMillis = readDelayMillis;
        this.observer = observer;
        this.backOff = new BackOff(random, BACK_OFF_FIRST_MILLIS, BACK_OFF_CEILING_MILLIS);
        this.session = hex(random) + hex(random);
    }

    private static String hex(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    public Author self() {
        return self;
    }

    public String name() {
        return name;
    }

    public long nanoTime() {
        return loop.ticker().nanoTime();
    }

    public boolean readsLate() {
        return readDelayMillis > 0;
    }

    /** How often the connection has ended so far. */
    public int cuts() {
        return cuts;
    }

    public boolean isStopped() {
        return stopped;
    }

    public List<WireConversation> conversations() {
        return Collections.unmodifiableList(conversations);
    }

    /** Adds a conversation, by its id or for a visitor by its name; opened now, if there is a connection. */
    public WireConversation open(String target) {
        String outbox = hex(random);
        Replica replica = new Replica(self, outbox, random::nextLong);
        History history = new History(
                name + "@" + target, self.subject(), Role.valueOf(self.role().name()), outbox);
        WireConversation conversation = new WireConversation(this, target, replica, history, observer);
        conversations.add(conversation);
        if (greeted) {
            send(conversation.openFrame());
        }
        return conversation;
    }

    public void start() {
        if (stopped) {
            stopped = false;
            connect();
        }
    }

    /** Breaks the connection without a word, and stays away so long. */
    public void cut(int offlineMillis) {
        if (!stopped && connection != null) {
            connection.cut();
            observer.ended(this, GatewayConnection.ABNORMAL_CLOSURE);
            disconnected();
            later(offlineMillis, this::connect);
        }
    }

    /** Breaks the connection without a word, and stays away until it is started again. */
    public void goOffline() {
        if (!stopped) {
            stopped = true;
            if (connection != null) {
                connection.cut();
            }
            observer.ended(this, GatewayConnection.ABNORMAL_CLOSURE);
            disconnected();
        }
    }

    /** Takes nothing from the present connection until {@link #readOn}; says what it has to say all the same. */
    public void stopReading() {
        held = true;
        if (connection != null) {
            connection.read(false);
        }
    }

    public void readOn() {
        held = false;
        lastReceivedNanos = loop.ticker().nanoTime();
        if (connection != null) {
            connection.read(true);
        }
    }

    /** Closes the connection, until it is started again. */
    public void stop() {
        if (!stopped) {
            stopped = true;
            if (connection != null) {
                connection.close();
            }
            disconnected();
        }
    }

    private void connect() {
        if (stopped) {
            return;
        }
        int mine = ++generation;
        connection = GatewayConnection.open(loop, url.get(), new GatewayConnection.Listener() {
            @Override
            public void connected() {
                greet();
            }

            @Override
            public void received(ServerFrames frames) {
                if (readDelayMillis == 0) {
                    receive(frames);
                } else {
                    later(readDelayMillis, () -> receive(frames));
                }
            }

            @Override
            public void ended(int closeCode) {
                if (mine == generation) {
                    WireClient.this.ended(closeCode);
                }
            }

            @Override
            public void failed(Throwable cause) {
                fail("the connection failed: " + cause);
            }
        });
        later(WELCOME_MILLIS_MAX, () -> {
            if (!welcome) {
                cut(backOff.nextMillis());
            }
        });
    }

    /** Runs on the loop after so long, unless the present connection has ended by then or another has come. */
    void later(int millis, Runnable action) {
        int mine = generation;
        loop.schedule(
                () -> {
                    if (mine == generation) {
                        action.run();
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    void send(ClientFrame frame) {
        send(List.of(frame));
    }

    private void send(List<ClientFrame> frames) {
        if (connection != null) {
            lastSentNanos = loop.ticker().nanoTime();
            connection.send(frames);
        }
    }

    private void greet() {
        List<ClientFrame> frames = new ArrayList<>();
        frames.add(ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(ProtocolVersion.CURRENT)
                        .setToken(tokens.get())
                        .setSession(session)
                        .setFence(fence)
                        .setClient("parley-load/" + name))
                .build());
        for (WireConversation conversation : conversations) {
            frames.add(conversation.openFrame());
        }
        send(frames);
        greeted = true;
    }

    private void receive(ServerFrames frames) {
        lastReceivedNanos = loop.ticker().nanoTime();
        for (ServerFrame frame : frames.getFramesList()) {
            try {
                receive(frame);
            } catch (WireException | RuntimeException e) {
                fail(frame.getKindCase() + " could not be taken: " + e);
            }
        }
    }

    private void receive(ServerFrame frame) throws WireException {
        switch (frame.getKindCase()) {
            case WELCOME -> welcomed(frame.getWelcome());
            case OPENED -> opened(frame.getOpened());
            case ENTRIES -> {
                WireConversation conversation = byHandle.get(frame.getEntries().getHandle());
                if (conversation != null && conversation.isOpen() && !conversation.isBroken()) {
                    conversation.receive(frame.getEntries(), true);
                }
            }
            case ANSWER -> {
                WireConversation conversation = byHandle.get(frame.getAnswer().getHandle());
                if (conversation != null && !conversation.isBroken()) {
                    conversation.answer(frame.getAnswer());
                }
            }
            case DELIVERED -> {
                WireConversation conversation =
                        byHandle.get(frame.getDelivered().getHandle());
                if (conversation != null) {
                    conversation.delivered(frame.getDelivered());
                }
            }
            case OPEN_FAILED -> openFailed(frame.getOpenFailed());
            case GO_AWAY -> goAway(frame.getGoAway());
            case FAILURE -> {
                if (frame.getFailure().getCloseCode() == 0) {
                    fail("was told " + frame.getFailure().getCode());
                } else if (frame.getFailure().getDelayMillis() > 0) {
                    backOff.dictate(frame.getFailure().getDelayMillis());
                }
            }
            case PONG, INBOX, BLOCKS_PAGE, PEERS, SITE -> {}
            case KIND_NOT_SET -> fail("an unknown frame");
        }
    }

    private void welcomed(Welcome frame) {
        welcome = true;
        fence = frame.getFence();
        backOff.reset();
        observer.welcomed(this);
        beat(frame.getLimits().getHeartbeatMillis());
    }

    /** Says something in every half interval, and gives up on a gateway that was silent for two. */
    private void beat(int heartbeatMillis) {
        later(heartbeatMillis / 2, () -> {
            long now = loop.ticker().nanoTime();
            if (!held && now - lastReceivedNanos > TimeUnit.MILLISECONDS.toNanos(2L * heartbeatMillis)) {
                cut(backOff.nextMillis());
                return;
            }
            if (now - lastSentNanos > TimeUnit.MILLISECONDS.toNanos(heartbeatMillis / 4)) {
                send(ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()).build());
            }
            beat(heartbeatMillis);
        });
    }

    private void opened(Opened opened) throws WireException {
        boolean isWanted = false;
        for (WireConversation conversation : conversations) {
            if (conversation.isMeantBy(opened.getConversation(), opened.getName()) && !conversation.isBroken()) {
                isWanted = true;
                byHandle.put(opened.getHandle(), conversation);
                conversation.opened(opened);
            }
        }
        // One that was asked for by its name may come unasked before that is answered: to leave it would undo both.
        if (!isWanted && conversations.stream().allMatch(WireConversation::isOpen)) {
            send(ClientFrame.newBuilder()
                    .setLeave(Leave.newBuilder().setHandle(opened.getHandle()))
                    .build());
        }
    }

    private void openFailed(OpenFailed failure) {
        for (WireConversation conversation : conversations) {
            if (conversation.isMeantBy(failure.getConversation(), failure.getName())) {
                if (failure.getDelayMillis() > 0) {
                    later(failure.getDelayMillis(), () -> send(conversation.openFrame()));
                } else {
                    conversation.fail("could not be opened: " + failure.getCode());
                }
            }
        }
    }

    private void goAway(GoAway frame) {
        observer.sentAway(this, frame.getDeadlineMillis());
        later(frame.getDelayMillis(), () -> {
            if (connection != null) {
                connection.close();
            }
            observer.ended(this, CloseCode.SERVICE_RESTART.code());
            disconnected();
            connect();
        });
    }

    /** Positions are acknowledged a little late, so that one frame tells of many entries. */
    void acknowledgeSoon(WireConversation conversation) {
        if (toAcknowledge.isEmpty()) {
            later(ACKNOWLEDGE_MILLIS, () -> {
                List<ClientFrame> frames = new ArrayList<>();
                for (WireConversation received : toAcknowledge) {
                    frames.add(ClientFrame.newBuilder()
                            .setAcknowledge(Acknowledge.newBuilder()
                                    .setHandle(received.handle())
                                    .setRevision(received.replica().position().revision()))
                            .build());
                }
                toAcknowledge.clear();
                send(frames);
            });
        }
        toAcknowledge.add(conversation);
    }

    private void ended(int closeCode) {
        observer.ended(this, closeCode);
        disconnected();
        if (FINAL.contains(closeCode)) {
            stopped = true;
            fail("was sent away with " + closeCode);
        } else {
            later(backOff.nextMillis(), this::connect);
        }
    }

    private void disconnected() {
        generation++;
        cuts++;
        connection = null;
        greeted = false;
        held = false;
        welcome = false;
        byHandle.clear();
        toAcknowledge.clear();
        for (WireConversation conversation : conversations) {
            conversation.disconnected();
        }
    }

    private void fail(String what) {
        for (WireConversation conversation : conversations) {
            conversation.fail(what);
        }
    }

    @Override
    public String toString() {
        String state = stopped ? "stopped" : welcome ? "welcome" : greeted ? "greeted" : "not connected";
        return name + " (" + state + ", " + cuts + " cuts)";
    }
}

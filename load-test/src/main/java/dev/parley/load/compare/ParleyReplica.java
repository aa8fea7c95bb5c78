package dev.parley.load.compare;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection with a conversation open: where in the log it is, that no entry is missed, and what keeps it open. What
 * entries say is for those who make more of it. On the generator's loop.
 */
abstract class ParleyReplica implements Socket.Listener {
    private static final int ENTRIES_FRAME = 0x1a;

    private final Shared shared;
    private final Wire wire;
    private final Ledger ledger;
    private final String name;
    private @Nullable Socket socket;
    private int handle;
    private long revision;
    private byte[] head = {};
    private boolean willAcknowledge;
    private boolean said;

    /** What all connections of a run have in common. One says what it has received so long after it did. */
    record Shared(RandomGenerator random, int acknowledgeMillis, ParleyWords words, Fields fields) {
        String randomHex() {
            return HexFormat.of().toHexDigits(random.nextLong())
                    + HexFormat.of().toHexDigits(random.nextLong());
        }
    }

    /** {@code name}: how the ledger calls it. */
    ParleyReplica(Shared shared, Wire wire, Ledger ledger, String name) {
        this.shared = shared;
        this.wire = wire;
        this.ledger = ledger;
        this.name = name;
    }

    /** What it opens. */
    abstract Open.Builder open();

    abstract String token();

    /** It is where the blocks are that it was given first. */
    abstract void begun();

    /** It was too slow to be sent each entry, and there are too many to be told of. */
    abstract void skippedTo(Opened opened, long now);

    /** The next one of the log. */
    abstract void entry(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException;

    /** All entries of a frame. */
    abstract void caughtUp(long now);

    abstract void answered(Answer answer, long now);

    final int handle() {
        return handle;
    }

    final long revision() {
        return revision;
    }

    final byte[] head() {
        return head;
    }

    static ClientFrames greeting(String token, String session, Open.Builder open) {
        Hello hello = Hello.newBuilder()
                .setProtocolVersion(ProtocolVersion.CURRENT)
                .setToken(token)
                .setSession(session)
                .setClient("parley-compare/1")
                .build();
        return ClientFrames.newBuilder()
                .addFrames(ClientFrame.newBuilder().setHello(hello))
                .addFrames(ClientFrame.newBuilder().setOpen(open))
                .build();
    }

    @Override
    public final void connected(Socket connected) {
        socket = connected;
        say(greeting(token(), shared.randomHex(), open()));
    }

    @Override
    public final void ended(String why) {
        violation(why);
    }

    final void say(ClientFrames frames) {
        byte[] bytes = frames.toByteArray();
        say(bytes, bytes.length);
    }

    final void say(byte[] bytes, int length) {
        said = true;
        if (socket != null) {
            socket.sendBinary(bytes, 0, length);
        }
    }

    /** Where the blocks are that it was given. */
    final void moveTo(Position position) {
        revision = position.getRevision();
        head = position.getHead().toByteArray();
    }

    /** Asks for what it missed: blocks do not tell what became of a submission, the entries do. */
    final void reopen(String outbox, long answeredSeq) {
        Open.Builder open = open().setPosition(
                        Position.newBuilder().setRevision(revision).setHead(ByteString.copyFrom(head)))
                .setPending(true)
                .addOutboxes(OutboxMark.newBuilder().setOutbox(outbox).setAnsweredSeq(answeredSeq));
        say(ClientFrames.newBuilder()
                .addFrames(ClientFrame.newBuilder().setOpen(open))
                .build());
    }

    /** The submission that waits was not processed: the same again after the delay. */
    final void sendAgainAfter(Answer answer, long seq, byte[] message, long now) {
        if (!answer.hasRefused() || answer.getSeq() != seq) {
            violation("was answered to submission " + seq + ": " + answer.getKindCase() + " of " + answer.getSeq() + " "
                    + answer.getRejected().getCode());
            return;
        }
        ledger.refused(now);
        switch (answer.getRefused().getCode()) {
            case OVERLOADED, RATE_LIMITED, STORE_AWAY ->
                wire.loop()
                        .schedule(
                                () -> {
                                    ledger.sentAgain(System.nanoTime());
                                    say(message, message.length);
                                },
                                answer.getRefused().getDelayMillis(),
                                TimeUnit.MILLISECONDS);
            default -> violation("submission refused: " + answer.getRefused().getCode());
        }
    }

    @Override
    public final void received(byte[] bytes, int from, int to, long now) {
        Fields fields = shared.fields();
        try {
            int at = from;
            while (at < to) {
                fields.begin(bytes, at, to);
                fields.next();
                int frame = fields.from();
                at = fields.to();
                if (bytes[frame] == ENTRIES_FRAME) {
                    fields.begin(bytes, frame, at);
                    fields.next();
                    entries(bytes, fields.from(), fields.to(), now);
                } else {
                    heard(ServerFrame.parseFrom(ByteString.copyFrom(bytes, frame, at - frame)), now);
                }
            }
        } catch (InvalidProtocolBufferException | WireException | IndexOutOfBoundsException e) {
            violation("was sent what cannot be read: " + e);
        }
    }

    private void entries(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException {
        Fields fields = shared.fields();
        long before = revision;
        long last = before;
        int at = start;
        while (at < end) {
            fields.begin(bytes, at, end);
            int field = fields.next();
            at = fields.at();
            switch (field) {
                case Entries.HANDLE_FIELD_NUMBER -> require(fields.number() == handle, "handle " + fields.number());
                case Entries.FROM_FIELD_NUMBER -> require(fields.number() <= before, "entries from " + fields.number());
                case Entries.TO_FIELD_NUMBER -> last = position(bytes, fields.from(), fields.to());
                case Entries.ENTRIES_FIELD_NUMBER -> ifNext(bytes, fields.from(), fields.to(), now);
                case Entries.KEYSTROKES_FIELD_NUMBER ->
                    require(false, "keystrokes, though it has one submission at a time");
                default -> {}
            }
        }
        require(revision == last, "entries to " + last + " that ended with " + revision);
        if (revision > before) {
            acknowledgeSoon();
            caughtUp(now);
        }
    }

    private long position(byte[] bytes, int start, int end) {
        Fields fields = shared.fields();
        long at = 0;
        fields.begin(bytes, start, end);
        while (fields.hasNext()) {
            if (fields.next() == Position.REVISION_FIELD_NUMBER) {
                at = fields.number();
            } else if (at > revision) {
                head = Arrays.copyOfRange(bytes, fields.from(), fields.to());
            }
        }
        return at;
    }

    private void ifNext(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException {
        shared.fields().begin(bytes, start, end);
        shared.fields().next();
        long entryRevision = shared.fields().number();
        if (entryRevision > revision) {
            require(entryRevision == revision + 1, "revision " + entryRevision);
            revision = entryRevision;
            entry(bytes, start, end, now);
        }
    }

    private void heard(ServerFrame frame, long now) throws InvalidProtocolBufferException, WireException {
        switch (frame.getKindCase()) {
            case WELCOME -> beat(frame.getWelcome().getLimits().getHeartbeatMillis());
            case OPENED -> opened(frame.getOpened(), now);
            case ANSWER -> answered(frame.getAnswer(), now);
            case DELIVERED, PONG -> {}
            default ->
                violation("was told " + frame.getKindCase() + " "
                        + frame.getFailure().getCode());
        }
    }

    private void opened(Opened opened, long now) throws InvalidProtocolBufferException, WireException {
        boolean isFirst = handle == 0;
        handle = opened.getHandle();
        if (opened.hasEntries()) {
            byte[] bytes = KeystrokesCodec.unpacked(opened.getEntries()).toByteArray();
            entries(bytes, 0, bytes.length, now);
        } else if (isFirst) {
            moveTo(opened.getBlocks().getPosition());
            begun();
        } else {
            skippedTo(opened, now);
        }
    }

    final void acknowledgeSoon() {
        if (!willAcknowledge) {
            willAcknowledge = true;
            wire.loop().schedule(this::acknowledge, shared.acknowledgeMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void acknowledge() {
        willAcknowledge = false;
        Bytes message = shared.words().acknowledge(handle, revision);
        say(message.array(), message.length());
    }

    /** Says something in every half interval. */
    private void beat(int heartbeatMillis) {
        wire.loop()
                .schedule(
                        () -> {
                            if (!said) {
                                say(ParleyWords.PING, ParleyWords.PING.length);
                            }
                            said = false;
                            beat(heartbeatMillis);
                        },
                        heartbeatMillis / 4 + shared.random().nextInt(heartbeatMillis / 4),
                        TimeUnit.MILLISECONDS);
    }

    final void require(boolean holds, String what) {
        if (!holds) {
            violation("at revision " + revision + " was sent " + what);
        }
    }

    final void violation(String what) {
        ledger.violation(name + " " + what);
    }
}

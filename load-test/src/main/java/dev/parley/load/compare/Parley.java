package dev.parley.load.compare;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.load.TokenMint;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Parley's own protocol. A visitor writes messages of {@value #MESSAGE_LENGTH} characters, each typed character by character at
 * random places; one submission is in flight, and what is typed meanwhile is composed into the next. An operation is
 * acknowledged when the entry that it is in has come back, and delivered when that entry has come to the other tab: byte for
 * byte what was submitted, in the order of revisions. On the generator's loop.
 */
final class Parley implements Dialect {
    private static final String TENANT = "compare";
    private static final int MESSAGE_LENGTH = 200;
    private static final int OPERATIONS_MAX = 64;
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final int ENTRIES_FRAME = 0x1a;

    private final TokenMint tokens;
    private final RandomGenerator random;
    private final int acknowledgeMillis;
    private final ParleyWords words = new ParleyWords();
    private final Fields fields = new Fields();

    /** A tab says what it has received so long after it did. */
    Parley(TokenMint tokens, RandomGenerator random, int acknowledgeMillis) {
        this.tokens = tokens;
        this.random = random;
        this.acknowledgeMillis = acknowledgeMillis;
    }

    @Override
    public String path(int conversation) {
        return "/ws";
    }

    @Override
    public String subprotocol() {
        return ProtocolVersion.SUBPROTOCOL;
    }

    @Override
    public Room room(Ledger ledger, Wire wire) {
        return new ParleyRoom(ledger, wire);
    }

    @Override
    public Draft draft(int number, List<Ledger> writers, Wire wire) {
        return new ParleyDraft(TENANT, "draft-" + number, writers, wire, tokens, random, acknowledgeMillis);
    }

    private String randomHex() {
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }

    /** A submission as it has to come back. The last one of a chain is the one that nobody has made yet. */
    private static final class Submission {
        private final long seq;
        private long contentId;
        private long end;
        private byte[] effects = {};
        private byte[] message = {};
        private @Nullable Submission next;

        Submission(long seq) {
            this.seq = seq;
        }
    }

    /** What was typed into one message and is in no submission yet. */
    private record Part(String block, boolean created, Gathering typed) {}

    private final class ParleyRoom implements Room {
        private final Ledger ledger;
        private final Wire wire;
        private final String token;
        private final String outboxName = randomHex();
        private final byte[] outbox = outboxName.getBytes(StandardCharsets.US_ASCII);
        private final Deque<Part> waiting = new ArrayDeque<>();
        private final Submission first = new Submission(1);
        private Submission latest = first;
        private boolean inFlight;
        private long submitted;
        private int blocks;
        private @Nullable Part typing;
        private int length;
        private String block = "";
        private ParleyTab writer;

        @SuppressWarnings("NullAway.Init") // nobody types before the first tab is there
        ParleyRoom(Ledger ledger, Wire wire) {
            this.ledger = ledger;
            this.wire = wire;
            token = tokens.mint(
                    TENANT, new Author("visitor-" + ledger.conversation(), Role.VISITOR, "Vera"), TOKEN_LIFETIME);
        }

        @Override
        public Socket.Listener tab(int number, Runnable ready) {
            ParleyTab tab = new ParleyTab(this, number, ready);
            if (number == 0) {
                writer = tab;
            }
            return tab;
        }

        @Override
        public void type(long operation, long now) {
            byte letter = (byte) ('a' + random.nextInt(26));
            if (length == 0 || length == MESSAGE_LENGTH) {
                block = outboxName + "." + ++blocks;
                begin(new Part(block, true, new Gathering(0)));
                length = 0;
            } else if (typing == null) {
                begin(new Part(block, false, new Gathering(length)));
            }
            if (typing != null) {
                typing.typed().insert(random.nextInt(length + 1), letter);
            }
            length++;
            if (!inFlight) {
                submit(now);
            }
        }

        private void begin(Part part) {
            waiting.add(part);
            typing = part;
        }

        private void submit(long now) {
            words.begin();
            Submission submission = latest;
            submission.contentId = random.nextLong();
            for (int i = 0; i < OPERATIONS_MAX && !waiting.isEmpty(); i++) {
                Part part = waiting.remove();
                if (part.created()) {
                    words.create(part.block(), part.typed());
                } else {
                    words.edit(part.block(), part.typed());
                }
                submitted += part.typed().length() - part.typed().baseLength();
            }
            typing = waiting.isEmpty() ? null : typing;
            submission.end = submitted;
            submission.effects = words.effects();
            submission.message = words.submit(
                    writer.handle, outbox, submission.seq, submission.contentId, writer.revision, writer.head);
            submission.next = new Submission(submission.seq + 1);
            latest = submission.next;
            inFlight = true;
            ledger.sent(submitted, now);
            writer.say(submission.message, submission.message.length);
        }

        private void acknowledged(long now) {
            inFlight = false;
            if (!waiting.isEmpty()) {
                submit(now);
            }
        }

        private void sendAgain(Submission pending) {
            ledger.sentAgain(System.nanoTime());
            writer.say(pending.message, pending.message.length);
        }

        /** The submission was not processed: the same again after the delay. */
        private void answered(Answer answer, Submission pending, long now) {
            if (!answer.hasRefused() || answer.getSeq() != pending.seq) {
                ledger.violation("an answer to submission " + pending.seq + ": " + answer.getKindCase() + " of "
                        + answer.getSeq());
                return;
            }
            ledger.refused(now);
            switch (answer.getRefused().getCode()) {
                case OVERLOADED, RATE_LIMITED, STORE_AWAY ->
                    wire.loop()
                            .schedule(
                                    () -> sendAgain(pending),
                                    answer.getRefused().getDelayMillis(),
                                    TimeUnit.MILLISECONDS);
                default ->
                    ledger.violation(
                            "submission refused: " + answer.getRefused().getCode());
            }
        }
    }

    private final class ParleyTab implements Socket.Listener {
        private final ParleyRoom room;
        private final int number;
        private final Runnable ready;
        private @Nullable Socket socket;
        private Submission next;
        private int handle;
        private long revision;
        private byte[] head = {};
        private boolean willAcknowledge;
        private boolean said;

        ParleyTab(ParleyRoom room, int number, Runnable ready) {
            this.room = room;
            this.number = number;
            this.ready = ready;
            this.next = room.first;
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            Hello hello = Hello.newBuilder()
                    .setProtocolVersion(ProtocolVersion.CURRENT)
                    .setToken(room.token)
                    .setSession(randomHex())
                    .setClient("parley-compare/1")
                    .build();
            say(ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder().setHello(hello))
                    .addFrames(ClientFrame.newBuilder().setOpen(Open.getDefaultInstance()))
                    .build());
        }

        private void say(ClientFrames frames) {
            byte[] bytes = frames.toByteArray();
            say(bytes, bytes.length);
        }

        private void say(byte[] bytes, int length) {
            said = true;
            if (socket != null) {
                socket.sendBinary(bytes, 0, length);
            }
        }

        @Override
        public void ended(String why) {
            room.ledger.violation("tab " + number + " " + why);
        }

        @Override
        public void received(byte[] bytes, int from, int to, long now) {
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
                room.ledger.violation("tab " + number + " was sent what cannot be read: " + e);
            }
        }

        private void entries(byte[] bytes, int start, int end, long now) {
            long before = revision;
            long last = before;
            int at = start;
            while (at < end) {
                fields.begin(bytes, at, end);
                int field = fields.next();
                at = fields.at();
                switch (field) {
                    case 1 -> require(fields.number() == handle, "handle " + fields.number());
                    case 2 -> require(fields.number() <= before, "entries from " + fields.number());
                    case 3 -> last = position(bytes, fields.from(), fields.to());
                    case 4 -> entry(bytes, fields.from(), fields.to(), now);
                    case 6 -> require(false, "keystrokes, though it has one submission at a time");
                    default -> {}
                }
            }
            require(revision == last, "entries to " + last + " that ended with " + revision);
            if (revision > before) {
                acknowledgeSoon();
                if (number == 0) {
                    room.acknowledged(now);
                }
            }
        }

        private long position(byte[] bytes, int start, int end) {
            long at = 0;
            fields.begin(bytes, start, end);
            while (fields.hasNext()) {
                if (fields.next() == 1) {
                    at = fields.number();
                } else if (at > revision) {
                    head = Arrays.copyOfRange(bytes, fields.from(), fields.to());
                }
            }
            return at;
        }

        private void entry(byte[] bytes, int start, int end, long now) {
            long entryRevision = 0;
            long seq = 0;
            boolean own = false;
            boolean same = false;
            int effects = end;
            fields.begin(bytes, start, end);
            while (effects == end && fields.hasNext()) {
                int field = fields.next();
                switch (field) {
                    case 1 -> entryRevision = fields.number();
                    case 4 -> own = equals(bytes, fields.from(), fields.to(), room.outbox);
                    case 5 -> seq = fields.number();
                    case 6 -> same = fields.fixed64() == next.contentId;
                    case 8 -> effects = fields.begin();
                    default -> {}
                }
            }
            if (entryRevision <= revision) {
                return;
            }
            require(entryRevision == revision + 1, "revision " + entryRevision);
            revision = entryRevision;
            Submission submission = next;
            Submission following = submission.next;
            if (following == null || !own || seq != submission.seq || !same) {
                room.ledger.violation(
                        "tab " + number + " was sent submission " + seq + " where " + submission.seq + " was next");
                return;
            }
            require(equals(bytes, effects, end, submission.effects), "something else than submission " + seq + " was");
            arrived(submission, following, now);
        }

        private void arrived(Submission submission, Submission following, long now) {
            if (number == 0) {
                room.ledger.acknowledgedTo(submission.end, now);
            } else {
                room.ledger.deliveredTo(number, submission.end, now);
            }
            next = following;
        }

        private void require(boolean holds, String what) {
            if (!holds) {
                room.ledger.violation("tab " + number + " at revision " + revision + " was sent " + what);
            }
        }

        private static boolean equals(byte[] bytes, int from, int to, byte[] expected) {
            return Arrays.equals(bytes, from, to, expected, 0, expected.length);
        }

        private void heard(ServerFrame frame, long now) throws WireException {
            switch (frame.getKindCase()) {
                case WELCOME -> beat(frame.getWelcome().getLimits().getHeartbeatMillis());
                case OPENED -> opened(frame.getOpened(), now);
                case ANSWER -> {
                    Submission pending = next;
                    if (number == 0) {
                        room.answered(frame.getAnswer(), pending, now);
                    }
                }
                case DELIVERED, PONG -> {}
                default ->
                    room.ledger.violation("tab " + number + " was told " + frame.getKindCase() + " "
                            + frame.getFailure().getCode());
            }
        }

        /** The first time it takes part; later it was too slow to be sent each entry, and is told what it missed. */
        private void opened(Opened opened, long now) throws WireException {
            boolean isFirst = handle == 0;
            handle = opened.getHandle();
            if (opened.hasEntries()) {
                byte[] bytes = KeystrokesCodec.unpacked(opened.getEntries()).toByteArray();
                entries(bytes, 0, bytes.length, now);
            } else if (isFirst || number > 0) {
                skipTo(opened.getBlocks().getPosition().getRevision(), isFirst, now);
                head = opened.getBlocks().getPosition().getHead().toByteArray();
                acknowledgeSoon();
            } else {
                reopen();
            }
            if (isFirst) {
                ready.run();
            }
        }

        private void skipTo(long to, boolean isFirst, long now) {
            while (revision < to && !isFirst) {
                revision++;
                Submission submission = next;
                Submission following = submission.next;
                if (following == null) {
                    room.ledger.violation("tab " + number + " was sent blocks of revision " + to);
                    break;
                }
                room.ledger.skipped(number, submission.end);
                arrived(submission, following, now);
            }
            revision = to;
        }

        /** Blocks do not tell what became of a submission: the entries do. */
        private void reopen() {
            Open.Builder open = Open.newBuilder()
                    .setPosition(dev.parley.wire.v1.Position.newBuilder()
                            .setRevision(revision)
                            .setHead(ByteString.copyFrom(head)))
                    .setPending(true)
                    .addOutboxes(
                            OutboxMark.newBuilder().setOutbox(room.outboxName).setAnsweredSeq(next.seq - 1));
            say(ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder().setOpen(open))
                    .build());
        }

        private void acknowledgeSoon() {
            if (!willAcknowledge) {
                willAcknowledge = true;
                room.wire.loop().schedule(this::acknowledge, acknowledgeMillis, TimeUnit.MILLISECONDS);
            }
        }

        private void acknowledge() {
            willAcknowledge = false;
            Bytes message = words.acknowledge(handle, revision);
            say(message.array(), message.length());
        }

        /** Says something in every half interval. */
        private void beat(int heartbeatMillis) {
            room.wire
                    .loop()
                    .schedule(
                            () -> {
                                if (!said) {
                                    say(ParleyWords.PING, ParleyWords.PING.length);
                                }
                                said = false;
                                beat(heartbeatMillis);
                            },
                            heartbeatMillis / 4 + random.nextInt(heartbeatMillis / 4),
                            TimeUnit.MILLISECONDS);
        }
    }
}

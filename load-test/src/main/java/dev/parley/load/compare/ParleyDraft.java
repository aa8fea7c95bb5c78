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
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Hello;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.OutboxMark;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One draft of a conversation, written by agents. Each submits at the latest position it has, one submission at a time, which
 * it moves past the entries that come meanwhile, so that its own entry has to be what it shows. On the generator's loop.
 */
final class ParleyDraft implements Dialect.Draft {
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final int ENTRIES_FRAME = 0x1a;

    private final String tenant;
    private final String name;
    private final List<Ledger> ledgers;
    private final Wire wire;
    private final TokenMint tokens;
    private final RandomGenerator random;
    private final int acknowledgeMillis;
    private final ParleyWords words = new ParleyWords();
    private final Fields fields = new Fields();
    private final ChangeOrder order;
    private final List<Writer> writers = new ArrayList<>();
    private final Map<ByteString, Writer> byOutbox = new HashMap<>();
    private String conversation = "";
    private String block = "";

    ParleyDraft(
            String tenant,
            String name,
            List<Ledger> ledgers,
            Wire wire,
            TokenMint tokens,
            RandomGenerator random,
            int acknowledgeMillis) {
        this.tenant = tenant;
        this.name = name;
        this.ledgers = List.copyOf(ledgers);
        this.wire = wire;
        this.tokens = tokens;
        this.random = random;
        this.acknowledgeMillis = acknowledgeMillis;
        order = new ChangeOrder(ledgers.size(), Keystrokes.firstText(ledgers.size()));
        for (int number = 0; number < ledgers.size(); number++) {
            Writer writer = new Writer(number);
            writers.add(writer);
            byOutbox.put(ByteString.copyFrom(writer.outbox), writer);
        }
    }

    @Override
    public Socket.Listener maker(Runnable made) {
        return new Visitor(made);
    }

    @Override
    public Socket.Listener writer(int number, Runnable ready) {
        Writer writer = writers.get(number);
        writer.ready = ready;
        return writer;
    }

    @Override
    public void type(int writer, long operation, long now) {
        writers.get(writer).type(operation, now);
    }

    private String randomHex() {
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }

    private static ClientFrames greeting(String token, String session, Open.Builder open) {
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

    /** Whose conversation the draft is in. */
    private final class Visitor implements Socket.Listener {
        private final Runnable made;
        private @Nullable Socket socket;

        Visitor(Runnable made) {
            this.made = made;
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            Author visitor = new Author("visitor", Role.VISITOR, "Vera");
            byte[] bytes = greeting(
                            tokens.mint(tenant, visitor, TOKEN_LIFETIME),
                            randomHex(),
                            Open.newBuilder().setName(name))
                    .toByteArray();
            connected.sendBinary(bytes, 0, bytes.length);
        }

        @Override
        public void received(byte[] bytes, int from, int to, long now) {
            try {
                for (ServerFrame frame : ServerFrames.parseFrom(ByteString.copyFrom(bytes, from, to - from))
                        .getFramesList()) {
                    if (frame.hasOpened() && socket != null) {
                        conversation = frame.getOpened().getConversation();
                        socket.close();
                        made.run();
                    }
                }
            } catch (InvalidProtocolBufferException e) {
                ledgers.get(0).violation("its visitor was sent what cannot be read: " + e);
            }
        }

        @Override
        public void ended(String why) {
            ledgers.get(0).violation("its visitor " + why);
        }
    }

    private final class Writer implements Socket.Listener {
        private final int number;
        private final String outboxName = randomHex();
        private final byte[] outbox = outboxName.getBytes(StandardCharsets.US_ASCII);
        private final Keystrokes keystrokes;
        private Runnable ready = () -> {};
        private @Nullable Socket socket;
        private boolean takesPart;
        private int handle;
        private long revision;
        private byte[] head = {};
        private long seq = 1;
        private long contentId;
        private byte[] message = {};
        private boolean willAcknowledge;
        private boolean said;

        Writer(int number) {
            this.number = number;
            keystrokes = new Keystrokes(number, ledgers.size(), random);
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            Author agent = new Author("agent-" + number, Role.AGENT, "Agent " + number);
            say(greeting(
                    tokens.mint(tenant, agent, TOKEN_LIFETIME),
                    randomHex(),
                    Open.newBuilder().setConversation(conversation)));
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

        /** The first one makes the draft. */
        private void create() {
            block = outboxName + ".1";
            contentId = random.nextLong();
            Operation.CreateBlock create = Operation.CreateBlock.newBuilder()
                    .setBlock(block)
                    .setKind(BlockKind.DRAFT)
                    .setAudience(View.STAFF)
                    .setText(order.text())
                    .build();
            say(ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder()
                            .setSubmit(Submit.newBuilder()
                                    .setHandle(handle)
                                    .setOutbox(outboxName)
                                    .setSeq(1)
                                    .setContentId(ByteString.copyFrom(
                                            new Bytes().fixed64(contentId).copy()))
                                    .setBase(Position.newBuilder()
                                            .setRevision(revision)
                                            .setHead(ByteString.copyFrom(head)))
                                    .addOperations(Operation.newBuilder().setCreateBlock(create))))
                    .build());
        }

        private void takePart() {
            takesPart = true;
            ready.run();
        }

        void type(long operation, long now) {
            keystrokes.type(operation);
            submit(now);
        }

        private void submit(long now) {
            if (!keystrokes.canSubmit()) {
                return;
            }
            Keystrokes.Splice splice = keystrokes.submit();
            contentId = random.nextLong();
            words.begin();
            words.edit(block, keystrokes.length(), splice);
            message = words.submit(handle, outbox, seq, contentId, revision, head);
            ledgers.get(number).sent(splice.end(), now);
            say(message, message.length);
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
            } catch (InvalidProtocolBufferException | IndexOutOfBoundsException e) {
                violation("was sent what cannot be read: " + e);
            }
        }

        private void entries(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException {
            long before = revision;
            long last = before;
            int at = start;
            while (at < end) {
                fields.begin(bytes, at, end);
                int field = fields.next();
                at = fields.at();
                switch (field) {
                    case 2 -> require(fields.number() <= before, "entries from " + fields.number());
                    case 3 -> last = position(bytes, fields.from(), fields.to());
                    case 4 -> entry(bytes, fields.from(), fields.to(), now);
                    default -> {}
                }
            }
            require(revision == last, "entries to " + last + " that ended with " + revision);
            if (revision > before) {
                acknowledgeSoon();
                submit(now);
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

        private void entry(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException {
            fields.begin(bytes, start, end);
            fields.next();
            long entryRevision = fields.number();
            if (entryRevision <= revision) {
                return;
            }
            require(entryRevision == revision + 1, "revision " + entryRevision);
            revision = entryRevision;
            if (!takesPart) {
                seq++;
                takePart();
                return;
            }
            Change change = order.at(entryRevision);
            if (change == null) {
                change = read(Entry.parseFrom(ByteString.copyFrom(bytes, start, end - start)));
                order.add(entryRevision, change);
                order.told(entryRevision, bytes, start, end);
            } else {
                require(order.isTold(entryRevision, bytes, start, end), "something else than others were");
            }
            require(change.baseLength() == keystrokes.length(), "a change of " + change.baseLength() + " characters");
            if (change.writer() == number) {
                answered(change, now);
            } else {
                keystrokes.heard(change.at(), change.growth());
                ledgers.get(change.writer()).deliveredTo(Ledger.tabOf(number, change.writer()), change.end(), now);
            }
            order.heard(entryRevision);
        }

        /** Who submitted it has not heard of it yet, or does so now: it has to be what is on its way. */
        private Change read(Entry entry) {
            Writer author = byOutbox.get(entry.getOutboxBytes());
            Keystrokes.Splice splice = author == null ? null : author.keystrokes.inFlight();
            Effect effect = entry.getEffectsCount() == 1 ? entry.getEffects(0) : Effect.getDefaultInstance();
            if (author == null
                    || splice == null
                    || entry.getSeq() != author.seq
                    || Bytes.number(entry.getContentId().toByteArray(), 0, Long.BYTES) != author.contentId
                    || !effect.getEditText().getBlock().equals(block)) {
                throw new IndexOutOfBoundsException("an entry that nobody submitted: " + entry);
            }
            TextEdit edit = effect.getEditText().getEdit();
            int at = 0;
            int deleted = 0;
            for (int span : edit.getSpansList()) {
                at += Math.max(0, span);
                deleted += Math.max(0, -span);
            }
            Change change = new Change(
                    author.number,
                    splice.end(),
                    at,
                    String.join("", edit.getInsertsList()),
                    deleted,
                    effect.getEditText().getBaseLength());
            require(
                    change.is(splice),
                    "something else than submission " + author.seq + " of " + author.number + " was");
            return change;
        }

        private void answered(Change change, long now) {
            Keystrokes.Splice splice = keystrokes.answered();
            require(splice != null && change.at() == splice.at(), change + " for " + splice);
            seq++;
            ledgers.get(number).acknowledgedTo(change.end(), now);
        }

        private void heard(ServerFrame frame, long now) throws InvalidProtocolBufferException {
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

        /** The submission was not processed: the same again after the delay. */
        private void answered(Answer answer, long now) {
            if (!answer.hasRefused() || answer.getSeq() != seq) {
                violation("was answered to submission " + seq + ": " + answer.getKindCase() + " of " + answer.getSeq()
                        + " " + answer.getRejected().getCode());
                return;
            }
            ledgers.get(number).refused(now);
            switch (answer.getRefused().getCode()) {
                case OVERLOADED, RATE_LIMITED, STORE_AWAY ->
                    wire.loop().schedule(this::sendAgain, answer.getRefused().getDelayMillis(), TimeUnit.MILLISECONDS);
                default ->
                    violation("submission refused: " + answer.getRefused().getCode());
            }
        }

        private void sendAgain() {
            ledgers.get(number).sentAgain(System.nanoTime());
            say(message, message.length);
        }

        /** The first time it takes part; later it was too slow to be sent each entry, and asks for what it missed. */
        private void opened(Opened opened, long now) throws InvalidProtocolBufferException {
            boolean isFirst = handle == 0;
            handle = opened.getHandle();
            if (opened.hasEntries()) {
                byte[] bytes = unpacked(opened.getEntries()).toByteArray();
                entries(bytes, 0, bytes.length, now);
            } else if (isFirst) {
                revision = opened.getBlocks().getPosition().getRevision();
                head = opened.getBlocks().getPosition().getHead().toByteArray();
                if (number == 0) {
                    create();
                } else {
                    takePart();
                }
            } else {
                reopen();
            }
        }

        private static Entries unpacked(Entries entries) throws InvalidProtocolBufferException {
            try {
                return KeystrokesCodec.unpacked(entries);
            } catch (WireException e) {
                throw new InvalidProtocolBufferException(e.toString());
            }
        }

        /** Blocks do not tell what became of a submission: the entries do. */
        private void reopen() {
            Open.Builder open = Open.newBuilder()
                    .setConversation(conversation)
                    .setPosition(Position.newBuilder().setRevision(revision).setHead(ByteString.copyFrom(head)))
                    .setPending(true)
                    .addOutboxes(OutboxMark.newBuilder().setOutbox(outboxName).setAnsweredSeq(seq - 1));
            say(ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder().setOpen(open))
                    .build());
        }

        private void acknowledgeSoon() {
            if (!willAcknowledge) {
                willAcknowledge = true;
                wire.loop().schedule(this::acknowledge, acknowledgeMillis, TimeUnit.MILLISECONDS);
            }
        }

        private void acknowledge() {
            willAcknowledge = false;
            Bytes received = words.acknowledge(handle, revision);
            say(received.array(), received.length());
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
                            heartbeatMillis / 4 + random.nextInt(heartbeatMillis / 4),
                            TimeUnit.MILLISECONDS);
        }

        @Override
        public void ended(String why) {
            violation(why);
        }

        private void require(boolean holds, String what) {
            if (!holds) {
                violation("at revision " + revision + " was sent " + what);
            }
        }

        private void violation(String what) {
            ledgers.get(number).violation(what);
        }
    }
}

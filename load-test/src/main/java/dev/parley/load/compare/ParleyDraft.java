package dev.parley.load.compare;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.load.TokenMint;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.ServerFrames;
import dev.parley.wire.v1.Submit;
import dev.parley.wire.v1.TextEdit;
import dev.parley.wire.v1.View;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One draft of a conversation, written by agents. Each submits at the latest position it has, one submission at a time, which
 * it moves past the entries that come meanwhile, so that its own entry has to be what it shows. On the generator's loop.
 */
final class ParleyDraft implements Dialect.Draft {
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);

    private final String tenant;
    private final String name;
    private final List<Ledger> ledgers;
    private final Wire wire;
    private final TokenMint tokens;
    private final ParleyReplica.Shared shared;
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
            ParleyReplica.Shared shared) {
        this.tenant = tenant;
        this.name = name;
        this.ledgers = List.copyOf(ledgers);
        this.wire = wire;
        this.tokens = tokens;
        this.shared = shared;
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
            byte[] bytes = ParleyReplica.greeting(
                            tokens.mint(tenant, visitor, TOKEN_LIFETIME),
                            shared.randomHex(),
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

    private final class Writer extends ParleyReplica {
        private final int number;
        private final String outboxName = shared.randomHex();
        private final byte[] outbox = outboxName.getBytes(StandardCharsets.US_ASCII);
        private final Keystrokes keystrokes;
        private Runnable ready = () -> {};
        private boolean takesPart;
        private long seq = 1;
        private long contentId;
        private byte[] message = {};

        Writer(int number) {
            super(shared, wire, ledgers.get(number), "writer " + number);
            this.number = number;
            keystrokes = new Keystrokes(number, ledgers.size(), shared.random());
        }

        @Override
        String token() {
            return tokens.mint(tenant, new Author("agent-" + number, Role.AGENT, "Agent " + number), TOKEN_LIFETIME);
        }

        @Override
        Open.Builder open() {
            return Open.newBuilder().setConversation(conversation);
        }

        @Override
        void begun() {
            if (number == 0) {
                create();
            } else {
                takePart();
            }
        }

        @Override
        void skippedTo(Opened opened, long now) {
            reopen(outboxName, seq - 1);
        }

        /** The first one makes the draft. */
        private void create() {
            block = outboxName + ".1";
            contentId = shared.random().nextLong();
            Operation.CreateBlock create = Operation.CreateBlock.newBuilder()
                    .setBlock(block)
                    .setKind(BlockKind.DRAFT)
                    .setAudience(View.STAFF)
                    .setText(order.text())
                    .build();
            say(ClientFrames.newBuilder()
                    .addFrames(ClientFrame.newBuilder()
                            .setSubmit(Submit.newBuilder()
                                    .setHandle(handle())
                                    .setOutbox(outboxName)
                                    .setSeq(1)
                                    .setContentId(ByteString.copyFrom(
                                            new Bytes().fixed64(contentId).copy()))
                                    .setBase(Position.newBuilder()
                                            .setRevision(revision())
                                            .setHead(ByteString.copyFrom(head())))
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
            contentId = shared.random().nextLong();
            ParleyWords words = shared.words();
            words.begin();
            words.edit(block, keystrokes.length(), splice);
            message = words.submit(handle(), outbox, seq, contentId, revision(), head());
            ledgers.get(number).sent(splice.end(), now);
            say(message, message.length);
        }

        @Override
        void caughtUp(long now) {
            submit(now);
        }

        @Override
        void entry(byte[] bytes, int start, int end, long now) throws InvalidProtocolBufferException {
            long entryRevision = revision();
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

        @Override
        void answered(Answer answer, long now) {
            sendAgainAfter(answer, seq, message, now);
        }
    }
}

package dev.parley.load.compare;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.load.TokenMint;
import dev.parley.wire.ProtocolVersion;
import dev.parley.wire.v1.Answer;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
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

    private final TokenMint tokens;
    private final ParleyReplica.Shared shared;

    /** A tab says what it has received so long after it did. */
    Parley(TokenMint tokens, RandomGenerator random, int acknowledgeMillis) {
        this.tokens = tokens;
        shared = new ParleyReplica.Shared(random, acknowledgeMillis, new ParleyWords(), new Fields());
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
        return new ParleyDraft(TENANT, "draft-" + number, writers, wire, tokens, shared);
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
        private final String outboxName = shared.randomHex();
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
            byte letter = (byte) ('a' + shared.random().nextInt(26));
            if (length == 0 || length == MESSAGE_LENGTH) {
                block = outboxName + "." + ++blocks;
                begin(new Part(block, true, new Gathering(0)));
                length = 0;
            } else if (typing == null) {
                begin(new Part(block, false, new Gathering(length)));
            }
            if (typing != null) {
                typing.typed().insert(shared.random().nextInt(length + 1), letter);
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
            ParleyWords words = shared.words();
            words.begin();
            Submission submission = latest;
            submission.contentId = shared.random().nextLong();
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
                    writer.handle(), outbox, submission.seq, submission.contentId, writer.revision(), writer.head());
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
    }

    private final class ParleyTab extends ParleyReplica {
        private final ParleyRoom room;
        private final int number;
        private final Runnable ready;
        private Submission next;

        ParleyTab(ParleyRoom room, int number, Runnable ready) {
            super(shared, room.wire, room.ledger, "tab " + number);
            this.room = room;
            this.number = number;
            this.ready = ready;
            this.next = room.first;
        }

        @Override
        String token() {
            return room.token;
        }

        @Override
        Open.Builder open() {
            return Open.newBuilder();
        }

        @Override
        void begun() {
            acknowledgeSoon();
            ready.run();
        }

        @Override
        void skippedTo(Opened opened, long now) {
            if (number == 0) {
                reopen(room.outboxName, next.seq - 1);
                return;
            }
            Position position = opened.getBlocks().getPosition();
            for (long skipped = revision(); skipped < position.getRevision(); skipped++) {
                Submission submission = next;
                Submission following = submission.next;
                if (following == null) {
                    violation("was sent blocks of revision " + position.getRevision());
                    break;
                }
                room.ledger.skipped(number, submission.end);
                arrived(submission, following, now);
            }
            moveTo(position);
            acknowledgeSoon();
        }

        @Override
        void entry(byte[] bytes, int start, int end, long now) {
            long seq = 0;
            boolean own = false;
            boolean same = false;
            int effects = end;
            Fields fields = shared.fields();
            fields.begin(bytes, start, end);
            while (effects == end && fields.hasNext()) {
                int field = fields.next();
                switch (field) {
                    case Entry.OUTBOX_FIELD_NUMBER -> own = equals(bytes, fields.from(), fields.to(), room.outbox);
                    case Entry.SEQ_FIELD_NUMBER -> seq = fields.number();
                    case Entry.CONTENT_ID_FIELD_NUMBER -> same = fields.fixed64() == next.contentId;
                    case Entry.EFFECTS_FIELD_NUMBER -> effects = fields.begin();
                    default -> {}
                }
            }
            Submission submission = next;
            Submission following = submission.next;
            if (following == null || !own || seq != submission.seq || !same) {
                violation("was sent submission " + seq + " where " + submission.seq + " was next");
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

        private static boolean equals(byte[] bytes, int from, int to, byte[] expected) {
            return Arrays.equals(bytes, from, to, expected, 0, expected.length);
        }

        @Override
        void caughtUp(long now) {
            if (number == 0) {
                room.acknowledged(now);
            }
        }

        @Override
        void answered(Answer answer, long now) {
            if (number == 0) {
                sendAgainAfter(answer, next.seq, next.message, now);
            }
        }
    }
}

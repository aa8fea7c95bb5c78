package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One document of Hocuspocus, written by several. Each key is an update of Yjs, sent at once as its provider does it: a
 * character behind the writer's last one, or the deletion of that. What others are sent is such updates of several writers,
 * merged or not; that each has every one once is what makes their texts the same with Yjs. On the generator's loop.
 */
final class HocuspocusDraft implements Dialect.Draft {
    private static final int GONE = 0;
    private static final int CONTENT_DELETED = 1;

    private final List<Ledger> ledgers;
    private final Wire wire;
    private final byte[] name;
    private final Bytes update = new Bytes();
    private final Bytes message = new Bytes();
    private final List<Writer> writers = new ArrayList<>();
    private final Map<Long, Writer> byClient = new HashMap<>();
    private final long maker;

    HocuspocusDraft(int number, List<Ledger> ledgers, Wire wire, RandomGenerator random) {
        this.ledgers = List.copyOf(ledgers);
        this.wire = wire;
        name = ("draft-" + number).getBytes(StandardCharsets.US_ASCII);
        maker = random.nextLong(1L << 32);
        for (int writer = 0; writer < ledgers.size(); writer++) {
            Writer made = new Writer(writer, random.nextLong(1L << 32), random);
            writers.add(made);
            byClient.put(made.client, made);
        }
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

    /** What a writer has from another: all operations before {@code to}, and some after it until a message was read. */
    private static final class Received {
        private final Set<Long> early = new HashSet<>();
        private long to;
    }

    private final class Writer extends HocuspocusReplica {
        private final int number;
        private final long client;
        private final RandomGenerator random;
        /** The clocks of its characters that stand, in order. */
        private final List<Integer> standing = new ArrayList<>();
        /** The operation that made the character of a clock, and the one that deleted it. */
        private final Map<Long, Long> inserted = new HashMap<>();

        private final Map<Long, Long> deleted = new HashMap<>();
        private final Map<Integer, Received> received = new HashMap<>();
        private Runnable ready = () -> {};
        private boolean takesPart;
        private long acknowledged;
        private int clock;
        private int turnsAt = 1;
        private boolean deletes;

        Writer(int number, long client, RandomGenerator random) {
            super(wire, ledgers.get(number), "writer " + number, name, message);
            this.number = number;
            this.client = client;
            this.random = random;
        }

        @Override
        void loaded() {
            if (number == 0) {
                create();
            } else {
                takePart();
            }
        }

        /** The first one makes the text that all begin with. */
        private void create() {
            String text = Keystrokes.firstText(ledgers.size());
            update.clear().varint(1).varint(1).varint(maker).varint(0).octet(CONTENT_STRING);
            update.varint(1).varint(1).octet('t').varint(text.length());
            update.raw(text.getBytes(StandardCharsets.US_ASCII), 0, text.length())
                    .varint(0);
            say(update);
        }

        void type(long operation, long now) {
            turn();
            if (deletes) {
                int gone = standing.remove(standing.size() - 1);
                deleted.put((long) gone, operation);
                update.clear()
                        .varint(0)
                        .varint(1)
                        .varint(client)
                        .varint(1)
                        .varint(gone)
                        .varint(1);
            } else {
                insert(operation);
            }
            ledgers.get(number).sent(operation + 1, now);
            say(update);
        }

        private void turn() {
            int own = standing.size() + 1;
            if (deletes ? own <= turnsAt : own >= turnsAt) {
                deletes = !deletes && own > 1;
                turnsAt = deletes ? 1 + random.nextInt(own) : own + 1 + random.nextInt(Keystrokes.OWN_MAX);
            }
        }

        /** Behind its last character that stands, before its first one that does not, or the next writer's. */
        private void insert(long operation) {
            boolean isFirst = standing.isEmpty();
            int left = isFirst ? number : standing.get(standing.size() - 1);
            boolean hasOwnRight = isFirst ? clock > 0 : left + 1 < clock;
            boolean isLast = number == ledgers.size() - 1;
            boolean hasRight = hasOwnRight || !isLast;
            update.clear().varint(1).varint(1).varint(client).varint(clock);
            update.octet(CONTENT_STRING | HAS_ORIGIN | (hasRight ? HAS_RIGHT_ORIGIN : 0));
            update.varint(isFirst ? maker : client).varint(left);
            if (hasOwnRight) {
                update.varint(client).varint(isFirst ? 0 : left + 1L);
            } else if (hasRight) {
                update.varint(maker).varint(number + 1L);
            }
            update.varint(1).octet('a' + random.nextInt(26)).varint(0);
            inserted.put((long) clock, operation);
            standing.add(clock++);
        }

        @Override
        void acknowledged(long now) {
            if (!takesPart) {
                takePart();
            } else {
                ledgers.get(number).acknowledged(acknowledged, acknowledged + 1, now);
                acknowledged++;
            }
        }

        private void takePart() {
            takesPart = true;
            ready.run();
        }

        /** Items of some clients, each in the order of its clock, and then what some deleted of their own. */
        @Override
        void updated(long now) {
            if (!takesPart) {
                return;
            }
            long clients = number();
            for (long i = 0; i < clients; i++) {
                long structs = number();
                long from = number();
                long first = number();
                long next = first;
                for (long j = 0; j < structs; j++) {
                    next += item();
                }
                arrived(from, first, next, true);
            }
            long deleting = number();
            for (long i = 0; i < deleting; i++) {
                long from = number();
                long ranges = number();
                for (long j = 0; j < ranges; j++) {
                    long first = number();
                    arrived(from, first, first + number(), false);
                }
            }
            received.forEach((writer, one) -> tell(writer, one, now));
        }

        /** Reads one, and tells how many characters it has. */
        private long item() {
            int info = info();
            int content = info & 0x1f;
            if (content != GONE) {
                skipPlace(info);
            }
            long length = number();
            if (content == CONTENT_STRING) {
                skip(length);
            } else if (content != CONTENT_DELETED && content != GONE) {
                throw new IndexOutOfBoundsException("an item that is no text");
            }
            return length;
        }

        private void arrived(long from, long first, long next, boolean isInserted) {
            Writer author = byClient.get(from);
            if (author == null) {
                if (from != maker) {
                    violation("was sent items of " + from);
                }
                return;
            }
            if (author == this) {
                return;
            }
            Received one = received.computeIfAbsent(author.number, writer -> new Received());
            Map<Long, Long> operations = isInserted ? author.inserted : author.deleted;
            for (long of = first; of < next; of++) {
                Long operation = operations.get(of);
                if (operation == null || operation < one.to || !one.early.add(operation)) {
                    violation("was sent of writer " + author.number + " what it did not do, or twice: " + of);
                }
            }
        }

        private void tell(int writer, Received one, long now) {
            long from = one.to;
            while (one.early.remove(one.to)) {
                one.to++;
            }
            if (!one.early.isEmpty()) {
                violation("was sent operations of writer " + writer + " without " + one.to);
                one.early.clear();
            }
            if (one.to > from) {
                ledgers.get(writer).delivered(Ledger.tabOf(number, writer), from, one.to, now);
            }
        }
    }
}

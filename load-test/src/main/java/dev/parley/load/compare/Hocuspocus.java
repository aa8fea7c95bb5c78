package dev.parley.load.compare;

import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hocuspocus with updates of Yjs, one for each operation, as its provider sends them: an item of one character between two
 * others. The server's SyncStatus is the acknowledgement; it may merge the updates of a turn. On the generator's loop.
 */
final class Hocuspocus implements Dialect {
    static final int SYNC = 0;
    static final int AUTHENTICATION = 2;
    static final int QUERY_AWARENESS = 3;
    static final int SYNC_STATUS = 8;
    static final int STEP_1 = 0;
    static final int STEP_2 = 1;
    static final int UPDATE = 2;
    static final int CONTENT_STRING = 4;
    static final int HAS_ORIGIN = 0x80;
    static final int HAS_RIGHT_ORIGIN = 0x40;
    static final int BEAT_SECONDS = 30;
    static final String VERSION = "4.7.0";

    private final RandomGenerator random;
    private final Bytes update = new Bytes();
    private final Bytes message = new Bytes();

    Hocuspocus(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public String path(int conversation) {
        return "/";
    }

    @Override
    public Draft draft(int number, List<Ledger> writers, Wire wire) {
        return new HocuspocusDraft(number, writers, wire, random);
    }

    @Override
    public Room room(Ledger ledger, Wire wire) {
        return new HocuspocusRoom(ledger, wire);
    }

    private final class HocuspocusRoom implements Room {
        private final Ledger ledger;
        private final Wire wire;
        private final byte[] name;
        private final long client = random.nextLong(1L << 32);
        /** The text's characters in order: the clock of each. */
        private int[] clocks = new int[16];

        private int length;
        private long acknowledged;
        private @Nullable Socket writer;

        HocuspocusRoom(Ledger ledger, Wire wire) {
            this.ledger = ledger;
            this.wire = wire;
            name = Integer.toString(ledger.conversation()).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Socket.Listener tab(int tab, Runnable ready) {
            return new HocuspocusTab(this, tab, ready);
        }

        @Override
        public void type(long operation, long now) {
            int place = random.nextInt(length + 1);
            boolean hasOrigin = place > 0;
            boolean hasRightOrigin = place < length;
            update.clear().varint(1).varint(1).varint(client).varint(operation);
            update.octet(CONTENT_STRING | (hasOrigin ? HAS_ORIGIN : 0) | (hasRightOrigin ? HAS_RIGHT_ORIGIN : 0));
            if (hasOrigin) {
                update.varint(client).varint(clocks[place - 1]);
            }
            if (hasRightOrigin) {
                update.varint(client).varint(clocks[place]);
            }
            if (!hasOrigin && !hasRightOrigin) {
                update.varint(1).varint(1).octet('t');
            }
            update.varint(1).octet('a' + random.nextInt(26)).varint(0);
            insert(place, (int) operation);
            ledger.sent(operation + 1, now);
            begin(SYNC).varint(UPDATE).varint(update.length()).raw(update.array(), 0, update.length());
            say(writer);
        }

        private void insert(int place, int clock) {
            if (length == clocks.length) {
                clocks = Arrays.copyOf(clocks, length * 2);
            }
            System.arraycopy(clocks, place, clocks, place + 1, length - place);
            clocks[place] = clock;
            length++;
        }

        private Bytes begin(int kind) {
            return message.clear().varint(name.length).raw(name, 0, name.length).varint(kind);
        }

        private void say(@Nullable Socket socket) {
            if (socket != null) {
                socket.sendBinary(message.array(), 0, message.length());
            }
        }
    }

    private static final class HocuspocusTab implements Socket.Listener {
        private final HocuspocusRoom room;
        private final int tab;
        private final Runnable ready;
        private @Nullable Socket socket;
        private boolean isReady;
        private byte[] bytes = {};
        private int at;
        private int end;

        HocuspocusTab(HocuspocusRoom room, int tab, Runnable ready) {
            this.room = room;
            this.tab = tab;
            this.ready = ready;
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            if (tab == 0) {
                room.writer = connected;
            }
            byte[] token = "token".getBytes(StandardCharsets.US_ASCII);
            byte[] version = VERSION.getBytes(StandardCharsets.US_ASCII);
            room.begin(AUTHENTICATION)
                    .varint(0)
                    .varint(token.length)
                    .raw(token, 0, token.length)
                    .varint(version.length)
                    .raw(version, 0, version.length);
            room.say(socket);
            room.begin(SYNC).varint(STEP_1).varint(1).varint(0);
            room.say(socket);
            beat();
        }

        /** Who says nothing for a minute is closed. */
        private void beat() {
            room.wire
                    .loop()
                    .schedule(
                            () -> {
                                room.begin(QUERY_AWARENESS);
                                room.say(socket);
                                beat();
                            },
                            BEAT_SECONDS,
                            TimeUnit.SECONDS);
        }

        @Override
        public void received(byte[] message, int from, int to, long now) {
            bytes = message;
            at = from;
            end = to;
            try {
                skip((int) number());
                hear((int) number(), now);
            } catch (IndexOutOfBoundsException e) {
                violation("was sent what cannot be read: " + ByteBufUtil.hexDump(message, from, to - from));
            }
        }

        private void hear(int kind, long now) {
            if (kind == SYNC) {
                int step = (int) number();
                number();
                if (step == UPDATE && tab > 0) {
                    update(now);
                } else if (step == STEP_2 && !isReady) {
                    isReady = true;
                    ready.run();
                }
            } else if (kind == SYNC_STATUS) {
                if (number() != 1) {
                    violation("an update was not taken");
                }
                room.ledger.acknowledged(room.acknowledged, room.acknowledged + 1, now);
                room.acknowledged++;
            }
        }

        /** Items of one client, in the order of its clock, however many updates they came from. */
        private void update(long now) {
            long clients = number();
            long structs = number();
            long client = number();
            long from = number();
            long to = from;
            for (long i = 0; i < structs; i++) {
                int info = bytes[at++];
                if ((info & 0x1f) != CONTENT_STRING) {
                    throw new IndexOutOfBoundsException("an item that is no text");
                }
                if ((info & HAS_ORIGIN) != 0) {
                    number();
                    number();
                }
                if ((info & HAS_RIGHT_ORIGIN) != 0) {
                    number();
                    number();
                }
                if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) == 0 && number() == 1) {
                    skip((int) number());
                }
                int length = (int) number();
                skip(length);
                to += length;
            }
            if (clients != 1 || client != room.client) {
                violation("was sent items of " + client);
            }
            room.ledger.delivered(tab, from, to, now);
        }

        private long number() {
            long value = 0;
            for (int shift = 0; at < end; shift += 7) {
                byte octet = bytes[at++];
                value |= (long) (octet & 0x7f) << shift;
                if (octet >= 0) {
                    return value;
                }
            }
            throw new IndexOutOfBoundsException("a number that is not whole");
        }

        private void skip(int length) {
            at += length;
            if (length < 0 || at > end) {
                throw new IndexOutOfBoundsException("a field of " + length + " bytes");
            }
        }

        private void violation(String what) {
            room.ledger.violation("tab " + tab + " " + what);
        }

        @Override
        public void ended(String why) {
            violation(why);
        }
    }
}

package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hocuspocus with updates of Yjs, one for each operation, as its provider sends them: an item of one character between two
 * others. The server's SyncStatus is the acknowledgement; it may merge the updates of a turn. On the generator's loop.
 */
final class Hocuspocus implements Dialect {
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
        private @Nullable HocuspocusTab writer;

        HocuspocusRoom(Ledger ledger, Wire wire) {
            this.ledger = ledger;
            this.wire = wire;
            name = Integer.toString(ledger.conversation()).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Socket.Listener tab(int tab, Runnable ready) {
            HocuspocusTab replica = new HocuspocusTab(this, tab, ready);
            if (tab == 0) {
                writer = replica;
            }
            return replica;
        }

        @Override
        public void type(long operation, long now) {
            int place = random.nextInt(length + 1);
            boolean hasOrigin = place > 0;
            boolean hasRightOrigin = place < length;
            update.clear().varint(1).varint(1).varint(client).varint(operation);
            update.octet(HocuspocusReplica.CONTENT_STRING
                    | (hasOrigin ? HocuspocusReplica.HAS_ORIGIN : 0)
                    | (hasRightOrigin ? HocuspocusReplica.HAS_RIGHT_ORIGIN : 0));
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
            if (writer != null) {
                writer.say(update);
            }
        }

        private void insert(int place, int clock) {
            if (length == clocks.length) {
                clocks = Arrays.copyOf(clocks, length * 2);
            }
            System.arraycopy(clocks, place, clocks, place + 1, length - place);
            clocks[place] = clock;
            length++;
        }
    }

    private final class HocuspocusTab extends HocuspocusReplica {
        private final HocuspocusRoom room;
        private final int tab;
        private final Runnable ready;

        HocuspocusTab(HocuspocusRoom room, int tab, Runnable ready) {
            super(room.wire, room.ledger, "tab " + tab, room.name, message);
            this.room = room;
            this.tab = tab;
            this.ready = ready;
        }

        @Override
        void loaded() {
            ready.run();
        }

        @Override
        void acknowledged(long now) {
            room.ledger.acknowledged(room.acknowledged, room.acknowledged + 1, now);
            room.acknowledged++;
        }

        /** Items of one client, in the order of its clock, however many updates they came from. */
        @Override
        void updated(long now) {
            if (tab == 0) {
                return;
            }
            long clients = number();
            long structs = number();
            long client = number();
            long from = number();
            long to = from;
            for (long i = 0; i < structs; i++) {
                int info = info();
                if ((info & 0x1f) != HocuspocusReplica.CONTENT_STRING) {
                    throw new IndexOutOfBoundsException("an item that is no text");
                }
                skipPlace(info);
                long length = number();
                skip(length);
                to += length;
            }
            if (clients != 1 || client != room.client) {
                violation("was sent items of " + client);
            }
            room.ledger.delivered(tab, from, to, now);
        }
    }
}

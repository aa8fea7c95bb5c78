package dev.parley.load.compare;

import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of servers that only pass on: a room by its path, a message of 32 bytes for an operation, which the others get as it
 * is, and 9 bytes for its acknowledgement.
 */
final class Broadcast implements Dialect {
    static final String PATH = "/rooms";
    static final byte OPERATION = 1;
    static final byte ACKNOWLEDGEMENT = 2;
    static final int OPERATION_BYTES = 32;

    /** Kind and number: with them begins an operation, and its acknowledgement is no more. */
    static final int HEAD_BYTES = 9;

    @Override
    public String path(int conversation) {
        return PATH + "/" + conversation;
    }

    @Override
    public Room room(Ledger ledger, Wire wire) {
        return new BroadcastRoom(ledger);
    }

    @Override
    public Draft draft(int number, List<Ledger> writers, Wire wire) {
        return new BroadcastDraft(writers);
    }

    private static final class BroadcastRoom implements Room {
        private final Ledger ledger;
        private final ByteBuffer operation = ByteBuffer.allocate(OPERATION_BYTES);
        private Socket writer;

        @SuppressWarnings("NullAway.Init") // nobody types before the first tab is connected
        BroadcastRoom(Ledger ledger) {
            this.ledger = ledger;
            operation.put(0, OPERATION).putInt(HEAD_BYTES, ledger.conversation());
        }

        @Override
        public Socket.Listener tab(int tab, Runnable ready) {
            return new Socket.Listener() {
                @Override
                public void connected(Socket socket) {
                    if (tab == 0) {
                        writer = socket;
                    }
                    ready.run();
                }

                @Override
                public void received(byte[] bytes, int from, int to, long now) {
                    hear(tab, bytes, from, to, now);
                }

                @Override
                public void ended(String why) {
                    ledger.violation("tab " + tab + " " + why);
                }
            };
        }

        private void hear(int tab, byte[] bytes, int from, int to, long now) {
            if (tab == 0 && to - from == HEAD_BYTES && bytes[from] == ACKNOWLEDGEMENT) {
                long number = Bytes.number(bytes, from + 1, from + HEAD_BYTES);
                ledger.acknowledged(number, number + 1, now);
            } else if (tab > 0
                    && to - from == OPERATION_BYTES
                    && bytes[from] == OPERATION
                    && isOfThisRoom(bytes, from)) {
                long number = Bytes.number(bytes, from + 1, from + HEAD_BYTES);
                ledger.delivered(tab, number, number + 1, now);
            } else {
                ledger.violation("tab " + tab + " heard " + ByteBufUtil.hexDump(bytes, from, to - from));
            }
        }

        private boolean isOfThisRoom(byte[] bytes, int from) {
            for (int i = HEAD_BYTES; i < OPERATION_BYTES; i++) {
                if (bytes[from + i] != operation.get(i)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void type(long number, long now) {
            operation.putLong(1, number);
            ledger.sent(number + 1, now);
            writer.sendBinary(operation.array(), 0, OPERATION_BYTES);
        }
    }

    /** A room in which all say something. What it would make of one text, nobody there knows. */
    private static final class BroadcastDraft implements Draft {
        private final List<Ledger> ledgers;
        private final Map<Integer, Socket> sockets = new HashMap<>();

        BroadcastDraft(List<Ledger> ledgers) {
            this.ledgers = List.copyOf(ledgers);
        }

        @Override
        public Socket.Listener writer(int number, Runnable ready) {
            return new Socket.Listener() {
                @Override
                public void connected(Socket socket) {
                    sockets.put(number, socket);
                    ready.run();
                }

                @Override
                public void received(byte[] bytes, int from, int to, long now) {
                    hear(number, bytes, from, to, now);
                }

                @Override
                public void ended(String why) {
                    ledgers.get(number).violation(why);
                }
            };
        }

        private void hear(int hearer, byte[] bytes, int from, int to, long now) {
            long number = to - from < HEAD_BYTES ? -1 : Bytes.number(bytes, from + 1, from + HEAD_BYTES);
            long writer = to - from == OPERATION_BYTES
                    ? Bytes.number(bytes, from + HEAD_BYTES, from + HEAD_BYTES + Integer.BYTES)
                    : hearer;
            if (to - from == HEAD_BYTES && bytes[from] == ACKNOWLEDGEMENT) {
                ledgers.get(hearer).acknowledged(number, number + 1, now);
            } else if (bytes[from] == OPERATION && writer >= 0 && writer < ledgers.size() && writer != hearer) {
                int of = (int) writer;
                ledgers.get(of).delivered(Ledger.tabOf(hearer, of), number, number + 1, now);
            } else {
                ledgers.get(hearer).violation("heard " + ByteBufUtil.hexDump(bytes, from, to - from));
            }
        }

        @Override
        public void type(int writer, long number, long now) {
            Socket socket = sockets.get(writer);
            if (socket != null) {
                ByteBuffer operation = ByteBuffer.allocate(OPERATION_BYTES);
                operation.put(0, OPERATION).putLong(1, number).putInt(HEAD_BYTES, writer);
                ledgers.get(writer).sent(number + 1, now);
                socket.sendBinary(operation.array(), 0, OPERATION_BYTES);
            }
        }
    }
}

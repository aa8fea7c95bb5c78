package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Socket.IO's words over its WebSocket transport: a room that is joined by an event, an event with an acknowledgement for each
 * operation. On the generator's loop.
 */
final class SocketIo implements Dialect {
    private static final int DIGITS = 20;
    private static final byte[] EVENT = "42[\"o\",\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT_END = "\"]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ACKNOWLEDGEMENT_END = "[]".getBytes(StandardCharsets.US_ASCII);
    private static final String JOINED = "430[]";

    @Override
    public String path(int conversation) {
        return "/socket.io/?EIO=4&transport=websocket";
    }

    @Override
    public Room room(Ledger ledger, Wire wire) {
        return new SocketIoRoom(ledger);
    }

    private static final class SocketIoRoom implements Room {
        private final Ledger ledger;
        private @Nullable Socket writer;

        SocketIoRoom(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public Socket.Listener tab(int tab, Runnable ready) {
            return new SocketIoTab(this, tab, ready);
        }

        @Override
        public void type(long operation, long now) {
            ledger.sent(operation + 1, now);
            if (writer != null) {
                String digits = Long.toString(operation);
                writer.sendText(
                        "42" + (operation + 1) + "[\"o\",\"" + "0".repeat(DIGITS - digits.length()) + digits + "\"]");
            }
        }
    }

    private static final class SocketIoTab implements Socket.Listener {
        private final SocketIoRoom room;
        private final int tab;
        private final Runnable ready;
        private @Nullable Socket socket;

        SocketIoTab(SocketIoRoom room, int tab, Runnable ready) {
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
        }

        @Override
        public void received(byte[] bytes, int from, int to, long now) {
            int number = from + EVENT.length;
            int end = to - EVENT_END.length;
            if (tab > 0
                    && number < end
                    && Arrays.equals(bytes, from, number, EVENT, 0, EVENT.length)
                    && Arrays.equals(bytes, end, to, EVENT_END, 0, EVENT_END.length)) {
                long operation = decimal(bytes, number, end);
                room.ledger.delivered(tab, operation, operation + 1, now);
                return;
            }
            end = to - ACKNOWLEDGEMENT_END.length;
            if (tab == 0
                    && end > from + 2
                    && bytes[from] == '4'
                    && bytes[from + 1] == '3'
                    && bytes[from + 2] != '0'
                    && Arrays.equals(bytes, end, to, ACKNOWLEDGEMENT_END, 0, ACKNOWLEDGEMENT_END.length)) {
                long operation = decimal(bytes, from + 2, end) - 1;
                room.ledger.acknowledged(operation, operation + 1, now);
                return;
            }
            said(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }

        /** What is not digits is no operation that was sent. */
        private static long decimal(byte[] bytes, int from, int to) {
            long number = 0;
            for (int i = from; i < to; i++) {
                if (bytes[i] < '0' || bytes[i] > '9') {
                    return -1;
                }
                number = number * 10 + bytes[i] - '0';
            }
            return number;
        }

        private void said(String message) {
            if (message.startsWith("0{")) {
                say("40");
            } else if (message.startsWith("40{")) {
                say("420[\"join\",\"" + room.ledger.conversation() + "\"]");
            } else if (message.equals(JOINED)) {
                ready.run();
            } else if (message.equals("2")) {
                say("3");
            } else {
                room.ledger.violation("tab " + tab + " heard " + message);
            }
        }

        private void say(String message) {
            if (socket != null) {
                socket.sendText(message);
            }
        }

        @Override
        public void ended(String why) {
            room.ledger.violation("tab " + tab + " " + why);
        }
    }
}

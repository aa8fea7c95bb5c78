package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * ShareDB's JSON: a document of ot-text-unicode for each conversation. As its own client does it, one operation of a document is
 * in flight and what is typed meanwhile is composed into the next. On the generator's loop.
 */
final class ShareDb implements Dialect {
    static final String HELLO = "{\"a\":\"hs\",\"id\":null,\"protocol\":1,\"protocolMinor\":2}";
    private static final byte[] SEQ = "\"seq\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OP = "\"op\":[".getBytes(StandardCharsets.US_ASCII);
    static final String TYPE = "http://sharejs.org/types/text-unicode";

    private final RandomGenerator random;

    ShareDb(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public String path(int conversation) {
        return "/";
    }

    @Override
    public Room room(Ledger ledger, Wire wire) {
        return new ShareDbRoom(ledger);
    }

    @Override
    public Draft draft(int number, List<Ledger> writers, Wire wire) {
        return new ShareDbDraft(number, writers, random);
    }

    /** An operation as it has to come back. The last one of a chain is the one that nobody has made yet. */
    private static final class Submission {
        private final long seq;
        private long end;
        private byte[] op = {};
        private @Nullable Submission next;

        Submission(long seq) {
            this.seq = seq;
        }
    }

    private final class ShareDbRoom implements Room {
        private final Ledger ledger;
        /** The first one creates the document. */
        private final Submission first = new Submission(2);

        private Submission latest = first;
        private @Nullable Gathering waiting;
        private boolean inFlight;
        private int length;
        private long typed;
        private @Nullable Socket writer;

        ShareDbRoom(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public Socket.Listener tab(int tab, Runnable ready) {
            return new ShareDbTab(this, tab, ready);
        }

        @Override
        public void type(long operation, long now) {
            if (waiting == null) {
                waiting = new Gathering(length);
            }
            waiting.insert(random.nextInt(length + 1), (byte) ('a' + random.nextInt(26)));
            length++;
            typed = operation + 1;
            if (!inFlight) {
                submit(waiting, now);
            }
        }

        private void submit(Gathering gathered, long now) {
            Submission submission = latest;
            StringBuilder op = new StringBuilder();
            gathered.read(new Gathering.Reader() {
                @Override
                public void retain(int retained) {
                    op.append(op.isEmpty() ? "" : ",").append(retained);
                }

                @Override
                public void insert(byte[] letters, int from, int to) {
                    op.append(op.isEmpty() ? "" : ",")
                            .append('"')
                            .append(new String(letters, from, to - from, StandardCharsets.US_ASCII))
                            .append('"');
                }
            });
            waiting = null;
            inFlight = true;
            submission.op = op.append(']').toString().getBytes(StandardCharsets.US_ASCII);
            submission.end = typed;
            submission.next = new Submission(submission.seq + 1);
            latest = submission.next;
            ledger.sent(typed, now);
            say(
                    writer,
                    "{\"a\":\"op\"," + document() + ",\"v\":" + (submission.seq - 1) + ",\"seq\":" + submission.seq
                            + ",\"x\":{},\"op\":[" + op + "}");
        }

        private void acknowledged(long now) {
            inFlight = false;
            if (waiting != null) {
                submit(waiting, now);
            }
        }

        private String document() {
            return "\"c\":\"t\",\"d\":\"" + ledger.conversation() + "\"";
        }

        private void say(@Nullable Socket socket, String message) {
            if (socket != null) {
                socket.sendText(message);
            }
        }
    }

    private static final class ShareDbTab implements Socket.Listener {
        private final ShareDbRoom room;
        private final int tab;
        private final Runnable ready;
        private @Nullable Socket socket;
        private Submission next;
        private boolean isReady;

        ShareDbTab(ShareDbRoom room, int tab, Runnable ready) {
            this.room = room;
            this.tab = tab;
            this.ready = ready;
            this.next = room.first;
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            if (tab == 0) {
                room.writer = connected;
            }
            room.say(socket, HELLO);
        }

        @Override
        public void received(byte[] bytes, int from, int to, long now) {
            if (!isReady) {
                said(new String(bytes, from, to - from, StandardCharsets.UTF_8));
                return;
            }
            int seq = find(bytes, from, to, SEQ);
            int op = find(bytes, from, to, OP);
            Submission submission = next;
            Submission following = submission.next;
            boolean isAnswer = tab == 0;
            if (seq < 0 || following == null || !startsWith(bytes, seq, to, submission.seq) || isAnswer != (op < 0)) {
                violation("heard " + new String(bytes, from, to - from, StandardCharsets.UTF_8) + " where "
                        + submission.seq + " was next");
                return;
            }
            next = following;
            if (isAnswer) {
                room.ledger.acknowledgedTo(submission.end, now);
                room.acknowledged(now);
            } else if (op + submission.op.length <= to
                    && Arrays.equals(bytes, op, op + submission.op.length, submission.op, 0, submission.op.length)) {
                room.ledger.deliveredTo(tab, submission.end, now);
            } else {
                violation("was sent something else than " + submission.seq + " was");
            }
        }

        private void said(String message) {
            if (message.startsWith("{\"a\":\"hs\"") || message.contains("\"a\":\"hs\"")) {
                room.say(socket, "{\"a\":\"s\"," + room.document() + "}");
            } else if (message.contains("\"a\":\"s\"")) {
                if (tab == 0) {
                    room.say(
                            socket,
                            "{\"a\":\"op\"," + room.document() + ",\"v\":0,\"seq\":1,\"x\":{},\"create\":{\"type\":\""
                                    + TYPE + "\",\"data\":\"\"}}");
                } else {
                    begin();
                }
            } else if (message.contains("\"a\":\"op\"") && !message.contains("\"error\"")) {
                begin();
            } else if (!message.contains("\"a\":\"init\"")) {
                violation("heard " + message);
            }
        }

        private void begin() {
            isReady = true;
            ready.run();
        }

        /** Behind the first place where it stands; -1 if it does not. */
        private static int find(byte[] bytes, int from, int to, byte[] wanted) {
            for (int at = from; at + wanted.length <= to; at++) {
                if (bytes[at] == wanted[0] && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                    return at + wanted.length;
                }
            }
            return -1;
        }

        private static boolean startsWith(byte[] bytes, int from, int to, long expected) {
            long number = 0;
            for (int at = from; at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
                number = number * 10 + bytes[at] - '0';
            }
            return number == expected;
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

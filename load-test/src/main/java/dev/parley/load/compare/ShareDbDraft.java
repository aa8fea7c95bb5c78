package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One document of ShareDB, written by several. Each submits on the latest version it has, one operation at a time, which it
 * moves past the operations that come meanwhile, each of which may be told it once more: with the answer to its own come those
 * before it. So its own, which the server acknowledges without saying what became of it,
 * has to be to the others what it shows itself. On the generator's loop.
 */
final class ShareDbDraft implements Dialect.Draft {
    private static final byte[] VERSION = "\"v\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OP = "\"op\":[".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern SOURCE = Pattern.compile("\"src\":\"([^\"]+)\"");
    private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Pattern PIECES = Pattern.compile("(\\d+)|\"([^\"]*)\"|\\{\"d\":(\\d+)}");

    private final String document;
    private final List<Ledger> ledgers;
    private final RandomGenerator random;
    private final ChangeOrder order;
    private final List<Writer> writers = new ArrayList<>();
    private final Map<String, Writer> bySource = new HashMap<>();

    ShareDbDraft(int number, List<Ledger> ledgers, RandomGenerator random) {
        this.document = "\"c\":\"drafts\",\"d\":\"" + number + "\"";
        this.ledgers = List.copyOf(ledgers);
        this.random = random;
        order = new ChangeOrder(ledgers.size(), Keystrokes.firstText(ledgers.size()));
        for (int writer = 0; writer < ledgers.size(); writer++) {
            writers.add(new Writer(writer));
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

    private final class Writer implements Socket.Listener {
        private final int number;
        private final Keystrokes keystrokes;
        private Runnable ready = () -> {};
        private @Nullable Socket socket;
        private boolean takesPart;
        private long version = 1;
        private long seq;
        /** What is told before its turn, which the client would fetch. */
        private final Map<Long, byte[]> early = new HashMap<>();

        Writer(int number) {
            this.number = number;
            keystrokes = new Keystrokes(number, ledgers.size(), random);
        }

        @Override
        public void connected(Socket connected) {
            socket = connected;
            say(ShareDb.HELLO);
        }

        private void say(String message) {
            if (socket != null) {
                socket.sendText(message);
            }
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
            seq++;
            StringBuilder op = new StringBuilder();
            if (splice.at() > 0) {
                op.append(splice.at());
            }
            if (!splice.inserted().isEmpty()) {
                op.append(op.isEmpty() ? "\"" : ",\"").append(splice.inserted()).append('"');
            }
            if (splice.deleted() > 0) {
                op.append(op.isEmpty() ? "{\"d\":" : ",{\"d\":")
                        .append(splice.deleted())
                        .append('}');
            }
            ledgers.get(number).sent(splice.end(), now);
            say("{\"a\":\"op\"," + document + ",\"v\":" + version + ",\"seq\":" + seq + ",\"x\":{},\"op\":[" + op
                    + "]}");
        }

        @Override
        public void received(byte[] bytes, int from, int to, long now) {
            if (!takesPart) {
                said(new String(bytes, from, to - from, StandardCharsets.UTF_8));
                return;
            }
            long of = number(bytes, find(bytes, from, to, VERSION), to);
            if (of > version) {
                early.put(of, Arrays.copyOfRange(bytes, from, to));
            } else if (of == version) {
                next(bytes, from, to, now);
                for (byte[] kept = early.remove(version); kept != null; kept = early.remove(version)) {
                    next(kept, 0, kept.length, now);
                }
                submit(now);
            }
        }

        private void next(byte[] bytes, int from, int to, long now) {
            try {
                if (find(bytes, from, to, OP) < 0) {
                    answered(now);
                } else {
                    heard(bytes, from, to, now);
                }
                order.heard(version);
                version++;
            } catch (IndexOutOfBoundsException e) {
                violation("was sent what cannot be: " + e.getMessage());
            }
        }

        private void heard(byte[] bytes, int from, int to, long now) {
            Change change = order.at(version);
            if (change == null || !order.isTold(version)) {
                Change read = read(new String(bytes, from, to - from, StandardCharsets.UTF_8), change);
                if (change == null) {
                    order.add(version, read);
                    change = read;
                }
                require(change.equals(read), bytes, from, to);
                order.told(version, bytes, from, to);
            } else {
                require(order.isTold(version, bytes, from, to), bytes, from, to);
            }
            require(change.baseLength() == keystrokes.length(), bytes, from, to);
            keystrokes.heard(change.at(), change.growth());
            ledgers.get(change.writer()).deliveredTo(Ledger.tabOf(number, change.writer()), change.end(), now);
        }

        /** What its own became is not said: it is where it stands after all that came before it. */
        private void answered(long now) {
            Keystrokes.Splice splice = keystrokes.inFlight();
            if (splice == null) {
                violation("was acknowledged what it did not submit");
                return;
            }
            Change change = new Change(
                    number,
                    splice.end(),
                    splice.at(),
                    splice.inserted().toString(),
                    splice.deleted(),
                    keystrokes.length());
            Change known = order.at(version);
            if (known == null) {
                order.add(version, change);
            } else if (!known.equals(change)) {
                violation("has " + change + " where others were sent " + known);
            }
            keystrokes.answered();
            ledgers.get(number).acknowledgedTo(splice.end(), now);
        }

        /** It has to be what its writer has on the way, or had, if that was told first. */
        private Change read(String message, @Nullable Change known) {
            Writer author = bySource.get(first(SOURCE, message));
            Keystrokes.Splice splice = author == null ? null : author.keystrokes.inFlight();
            boolean isOnItsWay =
                    author != null && splice != null && first(SEQ, message).equals(Long.toString(author.seq));
            if (author == null || (known == null && !isOnItsWay)) {
                throw new IndexOutOfBoundsException("an operation that nobody submitted: " + message);
            }
            long end =
                    known != null ? known.end() : Objects.requireNonNull(splice).end();
            int at = 0;
            int deleted = 0;
            StringBuilder inserted = new StringBuilder();
            int op = message.indexOf("\"op\":[") + OP.length;
            Matcher pieces = PIECES.matcher(message).region(op, message.indexOf(']', op));
            while (pieces.find()) {
                at += pieces.group(1) == null ? 0 : Integer.parseInt(pieces.group(1));
                inserted.append(pieces.group(2) == null ? "" : pieces.group(2));
                deleted += pieces.group(3) == null ? 0 : Integer.parseInt(pieces.group(3));
            }
            return new Change(author.number, end, at, inserted.toString(), deleted, keystrokes.length());
        }

        private void said(String message) {
            if (message.contains("\"a\":\"hs\"")) {
                bySource.put(first(ID, message), this);
                say("{\"a\":\"s\"," + document + "}");
            } else if (message.contains("\"a\":\"s\"")) {
                if (number == 0) {
                    seq++;
                    say("{\"a\":\"op\"," + document + ",\"v\":0,\"seq\":1,\"x\":{},\"create\":{\"type\":\""
                            + ShareDb.TYPE + "\",\"data\":\"" + order.text() + "\"}}");
                } else {
                    takePart();
                }
            } else if (message.contains("\"a\":\"op\"") && !message.contains("\"error\"")) {
                takePart();
            } else if (!message.contains("\"a\":\"init\"")) {
                violation("heard " + message);
            }
        }

        private void takePart() {
            takesPart = true;
            ready.run();
        }

        private void require(boolean holds, byte[] bytes, int from, int to) {
            if (!holds) {
                violation("at version " + version + " was sent "
                        + new String(bytes, from, to - from, StandardCharsets.UTF_8));
            }
        }

        private void violation(String what) {
            ledgers.get(number).violation(what);
        }

        @Override
        public void ended(String why) {
            violation(why);
        }
    }

    private static String first(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return matcher.find() ? matcher.group(1) : "";
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

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int at = from; at >= 0 && at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            number = number * 10 + bytes[at] - '0';
        }
        return number;
    }
}

package dev.parley.load.compare;

import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection with a document of Hocuspocus open, which says what its provider says. What updates hold is for those who
 * make more of it. On the generator's loop.
 */
abstract class HocuspocusReplica implements Socket.Listener {
    static final int CONTENT_STRING = 4;
    static final int HAS_ORIGIN = 0x80;
    static final int HAS_RIGHT_ORIGIN = 0x40;
    private static final int SYNC = 0;
    private static final int AUTHENTICATION = 2;
    private static final int QUERY_AWARENESS = 3;
    private static final int SYNC_STATUS = 8;
    private static final int STEP_1 = 0;
    private static final int STEP_2 = 1;
    private static final int UPDATE = 2;
    private static final byte[] TOKEN = "token".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "4.7.0".getBytes(StandardCharsets.US_ASCII);
    private static final int BEAT_SECONDS = 30;

    private final Wire wire;
    private final Ledger ledger;
    private final String name;
    private final byte[] document;
    private final Bytes message;
    private @Nullable Socket socket;
    private boolean hasDocument;
    private byte[] bytes = {};
    private int at;
    private int end;

    /** {@code name}: how the ledger calls it; {@code message}: what it makes messages in, which it may share. */
    HocuspocusReplica(Wire wire, Ledger ledger, String name, byte[] document, Bytes message) {
        this.wire = wire;
        this.ledger = ledger;
        this.name = name;
        this.document = document;
        this.message = message;
    }

    /** The document is here. */
    abstract void loaded();

    /** The next update that was said was taken. */
    abstract void acknowledged(long now);

    /** Others' update, to be read from here with {@link #number} and {@link #skip}. */
    abstract void updated(long now);

    @Override
    public final void connected(Socket connected) {
        socket = connected;
        begin(AUTHENTICATION)
                .varint(0)
                .varint(TOKEN.length)
                .raw(TOKEN, 0, TOKEN.length)
                .varint(VERSION.length)
                .raw(VERSION, 0, VERSION.length);
        say();
        begin(SYNC).varint(STEP_1).varint(1).varint(0);
        say();
        beat();
    }

    @Override
    public final void ended(String why) {
        violation(why);
    }

    /** Who says nothing for a minute is closed. */
    private void beat() {
        wire.loop()
                .schedule(
                        () -> {
                            begin(QUERY_AWARENESS);
                            say();
                            beat();
                        },
                        BEAT_SECONDS,
                        TimeUnit.SECONDS);
    }

    final void say(Bytes update) {
        begin(SYNC).varint(UPDATE).varint(update.length()).raw(update.array(), 0, update.length());
        say();
    }

    private Bytes begin(int kind) {
        return message.clear()
                .varint(document.length)
                .raw(document, 0, document.length)
                .varint(kind);
    }

    private void say() {
        if (socket != null) {
            socket.sendBinary(message.array(), 0, message.length());
        }
    }

    @Override
    public final void received(byte[] received, int from, int to, long now) {
        bytes = received;
        at = from;
        end = to;
        try {
            skip(number());
            hear((int) number(), now);
        } catch (IndexOutOfBoundsException e) {
            violation("was sent what cannot be read: " + ByteBufUtil.hexDump(received, from, to - from));
        }
    }

    private void hear(int kind, long now) {
        if (kind == SYNC) {
            int step = (int) number();
            number();
            if (step == UPDATE) {
                updated(now);
            } else if (step == STEP_2 && !hasDocument) {
                hasDocument = true;
                loaded();
            }
        } else if (kind == SYNC_STATUS) {
            if (number() == 1) {
                acknowledged(now);
            } else {
                violation("an update was not taken");
            }
        }
    }

    /** What an item begins with. */
    final int info() {
        return bytes[at++];
    }

    /** Between which others it was put. */
    final void skipPlace(int info) {
        if ((info & HAS_ORIGIN) != 0) {
            number();
            number();
        }
        if ((info & HAS_RIGHT_ORIGIN) != 0) {
            number();
            number();
        }
        if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) == 0 && number() == 1) {
            skip(number());
        }
    }

    final long number() {
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

    final void skip(long length) {
        at += (int) length;
        if (length < 0 || at > end) {
            throw new IndexOutOfBoundsException("a field of " + length + " bytes");
        }
    }

    final void violation(String what) {
        ledger.violation(name + " " + what);
    }
}

package dev.parley.load.compare;

import java.nio.charset.StandardCharsets;

/**
 * Submissions field by field, as frames.proto has them: the generator has to cost less than the gateway, and must not share its
 * code. On the generator's loop.
 */
final class ParleyWords {
    static final byte[] PING = {0x0a, 2, 0x2a, 0};

    private static final int FIRST = 0x0a;
    private static final int SECOND = 0x12;
    private static final int THIRD = 0x1a;
    private static final int FOURTH = 0x22;
    private static final int FIFTH = 0x2a;
    private static final int SIXTH = 0x32;
    private static final int EIGHTH = 0x42;
    private static final int FIRST_NUMBER = 0x08;
    private static final int SECOND_NUMBER = 0x10;
    private static final int THIRD_NUMBER = 0x18;
    private static final int AUDIENCE = 0x78;
    private static final int MESSAGE = 1;
    private static final int PUBLIC = 1;

    private final Bytes spans = new Bytes();
    private final Bytes inserts = new Bytes();
    private final Bytes edit = new Bytes();
    private final Bytes kind = new Bytes();
    private final Bytes holder = new Bytes();
    private final Bytes position = new Bytes();
    private final Bytes frame = new Bytes();
    private final Bytes message = new Bytes();
    private final Bytes operations = new Bytes();
    private final Bytes effects = new Bytes();

    void begin() {
        operations.clear();
        effects.clear();
    }

    /** A message with this text: as an operation, and as the effect that it becomes. */
    void create(String block, Gathering text) {
        inserts.clear();
        text.read(new Gathering.Reader() {
            @Override
            public void retain(int length) {
                throw new IllegalStateException("there is nothing before a text that is new");
            }

            @Override
            public void insert(byte[] letters, int from, int to) {
                inserts.raw(letters, from, to);
            }
        });
        kind.clear()
                .nested(FIRST, block.getBytes(StandardCharsets.US_ASCII))
                .number(SECOND_NUMBER, MESSAGE)
                .number(THIRD_NUMBER, PUBLIC)
                .nested(FOURTH, inserts);
        operations.nested(SIXTH, holder.clear().nested(FIRST, kind));
        kind.clear()
                .nested(FIRST, block.getBytes(StandardCharsets.US_ASCII))
                .number(SECOND_NUMBER, MESSAGE)
                .nested(THIRD, inserts);
        effects.nested(EIGHTH, holder.clear().nested(FIRST, kind).number(AUDIENCE, PUBLIC));
    }

    /** An edit of a message, which is the same as an operation and as an effect. */
    void edit(String block, Gathering typed) {
        spans.clear();
        inserts.clear();
        typed.read(new Gathering.Reader() {
            @Override
            public void retain(int length) {
                spans.varint(2L * length);
            }

            @Override
            public void insert(byte[] letters, int from, int to) {
                spans.varint(0);
                inserts.nested(SECOND, letters, from, to);
            }
        });
        edit.clear().nested(FIRST, spans).raw(inserts.array(), 0, inserts.length());
        kind.clear()
                .nested(FIRST, block.getBytes(StandardCharsets.US_ASCII))
                .number(SECOND_NUMBER, typed.baseLength())
                .nested(THIRD, edit);
        operations.nested(SIXTH, holder.clear().nested(SECOND, kind));
        effects.nested(EIGHTH, holder.clear().nested(SECOND, kind).number(AUDIENCE, PUBLIC));
    }

    /** An edit of a draft that has {@code baseLength} characters. */
    void edit(String block, int baseLength, Keystrokes.Splice splice) {
        spans.clear();
        inserts.clear();
        if (splice.at() > 0) {
            spans.varint(2L * splice.at());
        }
        if (!splice.inserted().isEmpty()) {
            spans.varint(0);
            inserts.nested(SECOND, splice.inserted().toString().getBytes(StandardCharsets.US_ASCII));
        }
        if (splice.deleted() > 0) {
            spans.varint(2L * splice.deleted() - 1);
        }
        edit.clear().nested(FIRST, spans).raw(inserts.array(), 0, inserts.length());
        kind.clear()
                .nested(FIRST, block.getBytes(StandardCharsets.US_ASCII))
                .number(SECOND_NUMBER, baseLength)
                .nested(THIRD, edit);
        operations.nested(SIXTH, holder.clear().nested(SECOND, kind));
    }

    /** What an entry ends with that has these operations. */
    byte[] effects() {
        return effects.copy();
    }

    /** One submission of what was written since {@link #begin}, as a message to the gateway. */
    byte[] submit(int handle, byte[] outbox, long seq, long contentId, long revision, byte[] head) {
        position.clear().number(FIRST_NUMBER, revision).nested(SECOND, head);
        holder.clear()
                .number(FIRST_NUMBER, handle)
                .nested(SECOND, outbox)
                .number(THIRD_NUMBER, seq)
                .octet(FOURTH)
                .varint(Long.BYTES)
                .fixed64(contentId)
                .nested(FIFTH, position)
                .raw(operations.array(), 0, operations.length());
        frame.clear().nested(THIRD, holder);
        return message.clear().nested(FIRST, frame).copy();
    }

    Bytes acknowledge(int handle, long revision) {
        holder.clear().number(FIRST_NUMBER, handle).number(SECOND_NUMBER, revision);
        frame.clear().nested(FOURTH, holder);
        return message.clear().nested(FIRST, frame);
    }
}

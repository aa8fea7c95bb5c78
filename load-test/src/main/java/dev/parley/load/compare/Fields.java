package dev.parley.load.compare;

/** The fields of a protobuf message, one after the other, where they are. On the generator's loop. */
final class Fields {
    private byte[] bytes = {};
    private int at;
    private int end;
    private int begin;
    private int from;
    private long number;

    void begin(byte[] message, int start, int to) {
        bytes = message;
        at = start;
        end = to;
    }

    boolean hasNext() {
        return at < end;
    }

    /** Reads a field and tells its number. Throws {@link IndexOutOfBoundsException} where there is none. */
    int next() {
        begin = at;
        int tag = (int) varint();
        switch (tag & 7) {
            case 0 -> number = varint();
            case 1 -> skip(8);
            case 2 -> skip(Math.toIntExact(varint()));
            case 5 -> skip(4);
            default -> throw new IndexOutOfBoundsException("wire type " + (tag & 7));
        }
        return tag >>> 3;
    }

    private void skip(int length) {
        from = at;
        at += length;
        if (length < 0 || at > end) {
            throw new IndexOutOfBoundsException("a field of " + length + " bytes");
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new IndexOutOfBoundsException("a number that is not whole");
            }
            byte octet = bytes[at++];
            value |= (long) (octet & 0x7f) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("a number of more than 64 bits");
    }

    /** Where the field begins, with its tag. */
    int begin() {
        return begin;
    }

    /** Where the content of the field begins, if it is not a number. */
    int from() {
        return from;
    }

    /** Where the field ends. */
    int to() {
        return at;
    }

    /** Where the next field begins. */
    int at() {
        return at;
    }

    long number() {
        return number;
    }

    long fixed64() {
        return Bytes.number(bytes, from, at);
    }
}

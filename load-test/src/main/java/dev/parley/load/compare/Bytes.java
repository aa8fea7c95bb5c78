package dev.parley.load.compare;

import java.util.Arrays;

/** Bytes that grow, written as protobuf has them. On the generator's loop. */
final class Bytes {
    private byte[] array = new byte[64];
    private int length;

    /** The number that these bytes are, the first of them the highest. */
    static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = (number << Byte.SIZE) | Byte.toUnsignedLong(bytes[i]);
        }
        return number;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    Bytes clear() {
        length = 0;
        return this;
    }

    private void require(int more) {
        if (length + more > array.length) {
            array = Arrays.copyOf(array, Math.max(length + more, array.length * 2));
        }
    }

    Bytes octet(int value) {
        require(1);
        array[length++] = (byte) value;
        return this;
    }

    Bytes varint(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            octet(((int) left & 0x7f) | 0x80);
            left >>>= 7;
        }
        return octet((int) left);
    }

    Bytes fixed64(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            octet((int) (value >>> shift));
        }
        return this;
    }

    Bytes raw(byte[] bytes, int from, int to) {
        require(to - from);
        System.arraycopy(bytes, from, array, length, to - from);
        length += to - from;
        return this;
    }

    Bytes number(int tag, long value) {
        return octet(tag).varint(value);
    }

    Bytes nested(int tag, byte[] bytes, int from, int to) {
        return octet(tag).varint(to - from).raw(bytes, from, to);
    }

    Bytes nested(int tag, byte[] bytes) {
        return nested(tag, bytes, 0, bytes.length);
    }

    Bytes nested(int tag, Bytes inner) {
        return nested(tag, inner.array, 0, inner.length);
    }
}

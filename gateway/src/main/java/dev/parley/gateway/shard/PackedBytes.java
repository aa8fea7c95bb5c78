package dev.parley.gateway.shard;

import java.util.Arrays;

/** The hashes and contents of a few entries, one behind the other in one array. Owned by the conversation's shard. */
final class PackedBytes {
    static final int ENTRIES_MAX = 16;

    private static final int HASH_BYTES = 32;
    private static final int OVERHEAD_BYTES = 64;
    private static final int ENDS_MIN = 4;

    private byte[] bytes = {};
    private int[] ends = {};
    private int count;

    boolean isFull() {
        return count == ENTRIES_MAX;
    }

    long weightBytes() {
        return OVERHEAD_BYTES + bytes.length + 4L * ends.length;
    }

    void add(byte[] hash, byte[] content) {
        int start = end(count);
        int end = start + HASH_BYTES + content.length;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(ENDS_MIN, 2 * count));
        }
        write(hash, content, start);
        ends[count++] = end;
        if (isFull()) {
            bytes = Arrays.copyOf(bytes, end);
        }
    }

    byte[] hash(int index) {
        int start = end(index);
        return Arrays.copyOfRange(bytes, start, start + HASH_BYTES);
    }

    byte[] content(int index) {
        return Arrays.copyOfRange(bytes, end(index) + HASH_BYTES, end(index + 1));
    }

    void replace(int index, byte[] hash, byte[] content) {
        int growth = HASH_BYTES + content.length - (end(index + 1) - end(index));
        byte[] changed = new byte[end(count) + growth];
        System.arraycopy(bytes, 0, changed, 0, end(index));
        System.arraycopy(bytes, end(index + 1), changed, end(index + 1) + growth, end(count) - end(index + 1));
        bytes = changed;
        for (int i = index; i < count; i++) {
            ends[i] += growth;
        }
        write(hash, content, end(index));
    }

    private void write(byte[] hash, byte[] content, int start) {
        System.arraycopy(hash, 0, bytes, start, HASH_BYTES);
        System.arraycopy(content, 0, bytes, start + HASH_BYTES, content.length);
    }

    /** Where the first {@code of} end. */
    private int end(int of) {
        return of == 0 ? 0 : ends[of - 1];
    }
}

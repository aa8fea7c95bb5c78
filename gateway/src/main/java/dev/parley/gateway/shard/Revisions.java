package dev.parley.gateway.shard;

import java.util.Arrays;

/** Revisions in their order, each once or more. */
final class Revisions {
    private long[] revisions = new long[8];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** One that is not before the last. */
    void add(long revision) {
        if (count == revisions.length) {
            revisions = Arrays.copyOf(revisions, 2 * count);
        }
        revisions[count++] = revision;
    }

    /** The last; -1 if there is none. */
    long last() {
        return count == 0 ? -1 : revisions[count - 1];
    }

    void dropAfter(long revision) {
        while (count > 0 && revisions[count - 1] > revision) {
            count--;
        }
    }

    void dropUntil(long revision) {
        int kept = indexAfter(revision);
        System.arraycopy(revisions, kept, revisions, 0, count - kept);
        count -= kept;
    }

    /** The last at or before {@code revision}; 0 if there is none. */
    long floor(long revision) {
        int index = indexAfter(revision) - 1;
        return index < 0 ? 0 : revisions[index];
    }

    /** The first after {@code revision}; -1 if there is none. */
    long firstAfter(long revision) {
        int index = indexAfter(revision);
        return index == count ? -1 : revisions[index];
    }

    private int indexAfter(long revision) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (revisions[middle] > revision) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}

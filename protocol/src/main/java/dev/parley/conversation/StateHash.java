package dev.parley.conversation;

import java.util.Map;
import java.util.SortedMap;

/**
 * What replicas of one view are compared by while they run: a hash of the latest blocks, as many as every replica has, and
 * of the conversation's attributes. It tells differences that no attacker made, so it is fast rather than strong: the sum of
 * the hashes of all parts, each two 32-bit FNV-1a hashes (Fowler, Noll, Vo) over the UTF-16 units of its canonical text.
 */
public final class StateHash {
    private static final int PRIME = 0x01000193;
    private static final int BASIS_HIGH = 0x811c9dc5;
    private static final int BASIS_LOW = 0x050c5d1f;

    private StateHash() {}

    public static long of(ConversationState state, View view, int blocks) {
        return state.hash(blocks, view);
    }

    static long of(Block block) {
        return of(CanonicalText.of(block));
    }

    static long of(SortedMap<String, String> attributes) {
        long hash = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            hash = sum(hash, of(attribute.getKey() + "=" + attribute.getValue()));
        }
        return hash;
    }

    private static long of(String text) {
        int high = BASIS_HIGH;
        int low = BASIS_LOW;
        for (int i = 0; i < text.length(); i++) {
            high = (high ^ text.charAt(i)) * PRIME;
            low = (low ^ text.charAt(i)) * PRIME;
        }
        return sum(0, ((long) high << 32) | (low & 0xffff_ffffL));
    }

    /** Both halves by themselves, without a carry from one to the other. */
    static long sum(long a, long b) {
        int high = (int) (a >>> 32) + (int) (b >>> 32);
        int low = (int) a + (int) b;
        return ((long) high << 32) | (low & 0xffff_ffffL);
    }
}

package dev.parley.load.check;

import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.View;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** An entry that reached a replica: enough to compare it with the log, without keeping it. */
public record Delivery(long revision, boolean holdsStaffEffects, long digest) {

    public static Delivery of(Entry entry) {
        boolean holdsStaffEffects = false;
        for (Effect effect : entry.getEffectsList()) {
            holdsStaffEffects |= effect.getAudience() != View.PUBLIC;
        }
        return new Delivery(entry.getRevision(), holdsStaffEffects, digest(entry));
    }

    private static long digest(Entry entry) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(entry.toByteArray());
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package dev.parley.gateway.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a session is called among nodes: 128 bits that follow from whose it is and the client's name for it. A subject in
 * another tenant, or another subject, has another session.
 */
record SessionName(long high, long low) {

    static SessionName of(Principal principal, String session) {
        ByteBuffer digest = digest(principal.tenant(), principal.subject(), session);
        return new SessionName(digest.getLong(), digest.getLong());
    }

    /** Other parts, or the same divided otherwise, have another. */
    static ByteBuffer digest(String... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                sha256.update(bytes);
            }
            return ByteBuffer.wrap(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    int partition(int partitions) {
        return Math.floorMod((int) high, partitions);
    }

    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}

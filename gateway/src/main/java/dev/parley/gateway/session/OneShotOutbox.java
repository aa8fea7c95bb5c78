package dev.parley.gateway.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

/** The outbox of one submission that came with an idempotency key: the same key of the same person is the same outbox. */
public final class OneShotOutbox {
    public static final long KEPT_MILLIS = Duration.ofHours(24).toMillis();

    private static final String PREFIX = "once-";
    private static final int ID_BYTES = 16;

    private OneShotOutbox() {}

    public static String id(String subject, String key) {
        byte[] digest = digest(subject, key);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, ID_BYTES));
    }

    public static boolean isId(String outbox) {
        return outbox.startsWith(PREFIX);
    }

    /** Tells a repetition from another request under the same key. */
    public static long contentId(String... content) {
        return ByteBuffer.wrap(digest(content)).getLong();
    }

    private static byte[] digest(String... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                sha256.update(bytes);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

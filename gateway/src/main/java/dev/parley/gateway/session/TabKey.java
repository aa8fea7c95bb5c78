package dev.parley.gateway.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the tabs of one principal sign their messages to each other with, HMAC-SHA-256. It follows from the gateway's secret,
 * so that every node gives every tab the same, and changes by period. {@code toString} hides it.
 *
 * @param id tells keys apart
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be sent, never compared or changed
public record TabKey(String id, byte[] key, long expiresAtMillis) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final long PERIOD_MILLIS = Duration.ofDays(1).toMillis();
    private static final int ID_BYTES = 9;

    static TabKey derive(byte[] secret, Principal principal, long nowMillis) {
        long period = Math.floorDiv(nowMillis, PERIOD_MILLIS);
        byte[] key = mac(secret, "key", principal, period);
        byte[] id = Arrays.copyOf(mac(secret, "id", principal, period), ID_BYTES);
        return new TabKey(Base64.getUrlEncoder().encodeToString(id), key, (period + 1) * PERIOD_MILLIS);
    }

    /** The names in a principal have no control characters, and what is signed in a token has none either. */
    private static byte[] mac(byte[] secret, String what, Principal principal, long period) {
        String message =
                String.join("\0", "parley tabs", what, principal.tenant(), principal.subject(), Long.toString(period));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is not available", e);
        }
    }

    @Override
    public String toString() {
        return "TabKey[id=" + id + ", key=(hidden), expiresAtMillis=" + expiresAtMillis + "]";
    }
}

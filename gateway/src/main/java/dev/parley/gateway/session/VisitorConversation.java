package dev.parley.gateway.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The id of a visitor's conversation follows from the visitor and a name, so that two tabs which open the same one at once,
 * on two nodes, open the same one.
 */
public final class VisitorConversation {
    public static final String DEFAULT_NAME = "chat";

    private static final int ID_BYTES = 16;

    private VisitorConversation() {}

    public static String id(String tenant, String visitor, String name) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {tenant, visitor, name}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update((byte) (bytes.length >> 8));
                sha256.update((byte) bytes.length);
                sha256.update(bytes);
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha256.digest(), ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

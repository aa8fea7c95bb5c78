package dev.parley.gateway.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The id of a conversation that is opened by name follows from whose it is and the name, so that two who open the same one
 * at once, on two nodes, open the same one.
 */
public final class NamedConversation {
    public static final String DEFAULT_NAME = "chat";

    private static final String ARTICLES = "\narticles";
    private static final int ID_BYTES = 16;

    private NamedConversation() {}

    /** A visitor's own. */
    public static String ofVisitor(String tenant, String visitor, String name) {
        return id(tenant, visitor, name);
    }

    /** The tenant's. No subject has a control character in it, so none owns this. */
    public static String article(String tenant, String name) {
        return id(tenant, ARTICLES, name);
    }

    private static String id(String tenant, String owner, String name) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {tenant, owner, name}) {
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

package dev.parley.gateway.assistant;

import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** Which run: the id that its caller gave it, in a conversation, by a subject. */
public record RunName(ConversationKey key, String subject, String run) {
    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int OUTBOX_BYTES = 16;

    public static RunName of(ConversationKey key, Principal principal, String run) {
        return new RunName(key, principal.subject(), run);
    }

    public static boolean isUsable(String run) {
        return RUN.matcher(run).matches();
    }

    /** The outbox that the run submits from, on whichever node and in however many requests. */
    public String outbox() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {key.conversation(), subject, run}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha256.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                sha256.update(bytes);
            }
            byte[] id = Arrays.copyOf(sha256.digest(), OUTBOX_BYTES);
            return "run-" + Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

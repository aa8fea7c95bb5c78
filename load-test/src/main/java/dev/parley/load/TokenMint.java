package dev.parley.load;

import dev.parley.conversation.Author;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens as the customer's backend would: JWTs under HS256, with the secret that the gateway knows. */
public final class TokenMint {
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final byte[] secret;
    private final InstantSource clock;

    public TokenMint(String secret, InstantSource clock) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.clock = clock;
    }

    public String mint(String tenant, Author author, Duration lifetime) {
        long expires = clock.instant().plus(lifetime).getEpochSecond();
        String claims = "{\"tenant\":%s,\"sub\":%s,\"role\":%s,\"name\":%s,\"exp\":%d}"
                .formatted(
                        quoted(tenant),
                        quoted(author.subject()),
                        quoted(author.role().name().toLowerCase(Locale.ROOT)),
                        quoted(author.name()),
                        expires);
        return sign(HEADER, claims);
    }

    /** Any header and claims, signed. */
    public String sign(String header, String claims) {
        String content =
                base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String quoted(String string) {
        return "\"" + string.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}

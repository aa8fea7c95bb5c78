package dev.parley.gateway.store.redis;

import io.lettuce.core.RedisNoScriptException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** What {@link RedisEphemeral} has Redis do in one step; each is a file beside this class. Immutable. */
enum EphemeralScript {
    FENCE,
    NEWEST_FENCE,
    HOLD,
    RELEASE,
    LEASES;

    private final String text;
    private final String digest;

    EphemeralScript() {
        String file = name().toLowerCase(Locale.ROOT).replace('_', '-') + ".lua";
        try (InputStream stream = EphemeralScript.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(file + " is missing");
            }
            byte[] bytes = stream.readAllBytes();
            text = new String(bytes, StandardCharsets.UTF_8);
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    String text() {
        return text;
    }

    String digest() {
        return digest;
    }

    /** Whether the server answered that it does not know the script. */
    static boolean isUnknown(Throwable failure) {
        return failure instanceof RedisNoScriptException
                || (failure instanceof CompletionException && failure.getCause() instanceof RedisNoScriptException);
    }
}

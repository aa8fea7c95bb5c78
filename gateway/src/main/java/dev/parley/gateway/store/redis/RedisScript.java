package dev.parley.gateway.store.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A script beside this class, called by its digest; sent whole where Redis does not have it (any more). For any thread. */
final class RedisScript {
    private final byte[] text;
    private final String digest;
    private final ScriptOutputType output;

    private RedisScript(byte[] text, ScriptOutputType output) {
        this.text = text;
        this.digest = sha1(text);
        this.output = output;
    }

    /** A script that answers with a list. */
    static RedisScript list(String name) {
        return new RedisScript(read(name), ScriptOutputType.MULTI);
    }

    /** A script that answers with a number. */
    static RedisScript number(String name) {
        return new RedisScript(read(name), ScriptOutputType.INTEGER);
    }

    byte[] text() {
        return text;
    }

    <T> CompletionStage<T> run(
            RedisClusterAsyncCommands<byte[], byte[]> commands, byte[][] keys, List<byte[]> arguments) {
        byte[][] values = arguments.toArray(byte[][]::new);
        CompletionStage<T> known = commands.evalsha(digest, output, keys, values);
        return known.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof RedisNoScriptException) {
                return commands.eval(text, output, keys, values);
            }
            throw new CompletionException(cause);
        });
    }

    private static byte[] read(String name) {
        try (InputStream in = Objects.requireNonNull(RedisScript.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}

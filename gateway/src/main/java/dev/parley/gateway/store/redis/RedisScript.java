package dev.parley.gateway.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A script beside this class, called by its digest; sent whole where Redis does not have it (any more), and
 * again while its slot moves from one server to another, or if its answer was lost. For any thread. */
final class RedisScript {
    private static final int TRIES = 100;
    private static final int TRY_AGAIN_MILLIS = 30;

    private final Executor later = CompletableFuture.delayedExecutor(TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
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
        return run(commands, keys, arguments.toArray(byte[][]::new), TRIES);
    }

    private <T> CompletionStage<T> run(
            RedisClusterAsyncCommands<byte[], byte[]> commands, byte[][] keys, byte[][] values, int tries) {
        CompletionStage<T> known = commands.evalsha(digest, output, keys, values);
        return known.exceptionallyCompose(failure -> {
                    Throwable cause = cause(failure);
                    return cause instanceof RedisNoScriptException
                            ? commands.eval(text, output, keys, values)
                            : CompletableFuture.failedFuture(cause);
                })
                .exceptionallyCompose(failure -> {
                    Throwable cause = cause(failure);
                    if (LostAnswers.isLost(cause) && tries > 1) {
                        return run(commands, keys, values, tries - 1);
                    }
                    return isMoving(cause) && tries > 1
                            ? CompletableFuture.runAsync(() -> {}, later)
                                    .thenCompose(done -> run(commands, keys, values, tries - 1))
                            : CompletableFuture.failedFuture(cause);
                });
    }

    /** While a slot moves some of its keys are here and some are there, and nobody runs a script with both. */
    private static boolean isMoving(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                && String.valueOf(failure.getMessage()).startsWith("TRYAGAIN");
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
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

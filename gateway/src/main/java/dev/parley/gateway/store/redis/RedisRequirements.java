package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.StoreOpenException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a server's settings can hold what a durability level says. */
final class RedisRequirements {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRequirements.class);

    private final Durability durability;

    RedisRequirements(Durability durability) {
        this.durability = durability;
    }

    /** Fails with {@link StoreOpenException} if they cannot. Where it may not look, it only warns. */
    CompletionStage<Void> check(RedisAsyncCommands<byte[], byte[]> server) {
        return server.configGet("appendonly", "appendfsync", "maxmemory-policy", "maxmemory", "min-replicas-to-write")
                .exceptionally(RedisRequirements::none)
                .thenAccept(this::check);
    }

    private static Map<String, String> none(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RedisCommandExecutionException) {
            LOG.warn(
                    "Redis does not show its settings ({}): it is not checked that they hold the durability level",
                    cause.getMessage());
            return Map.of();
        }
        throw new CompletionException(cause);
    }

    private void check(Map<String, String> settings) {
        if (settings.isEmpty()) {
            return;
        }
        String policy = settings.getOrDefault("maxmemory-policy", "noeviction");
        if (!policy.equals("noeviction")) {
            throw refused("maxmemory-policy", policy, "noeviction", "it would drop what was acknowledged");
        }
        if (durability == Durability.DISK) {
            require(settings, "appendonly", "yes");
            require(settings, "appendfsync", "always");
        }
        if (durability == Durability.REPLICA && "0".equals(settings.get("min-replicas-to-write"))) {
            LOG.warn(
                    "min-replicas-to-write of Redis is 0: a primary that was replaced without knowing it goes on to take"
                            + " writes, of which none is acknowledged and all are lost");
        }
    }

    private static void require(Map<String, String> settings, String name, String value) {
        String actual = settings.getOrDefault(name, value);
        if (!actual.equals(value)) {
            throw refused(name, actual, value, "an acknowledgement shall survive a power cut (--durability disk)");
        }
    }

    private static StoreOpenException refused(String name, String actual, String needed, String why) {
        return new StoreOpenException(name + " of Redis is " + actual + " and must be " + needed + ": " + why);
    }
}

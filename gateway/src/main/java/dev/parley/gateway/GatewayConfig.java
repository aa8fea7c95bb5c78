package dev.parley.gateway;

import dev.parley.gateway.assistant.AssistantConfig;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.PolicyTable;
import dev.parley.gateway.store.Durability;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything a gateway is told at start. Port 0 takes a free one. {@code toString} hides the secret.
 *
 * @param demo serves the demo's pages and hands out tokens; only on loopback
 * @param operatorSecret for who may drain the gateway over HTTP; empty: nobody
 * @param allowedOrigins web origins whose pages may connect; in demo mode the gateway's own are added
 * @param cacheBytesMax memory for loaded conversations, over all shards
 * @param retentionDays for how long the log is kept, where a snapshot covers it; 0: for ever
 * @param drainSeconds how long connections have to leave a gateway that ends; 0: they are closed at once
 * @param policies of tenants that have rows of their own
 */
public record GatewayConfig(
        boolean demo,
        String host,
        int port,
        StoreKind store,
        Path dataDir,
        Durability durability,
        String tokenSecret,
        String operatorSecret,
        List<String> allowedOrigins,
        long cacheBytesMax,
        int loops,
        int retentionDays,
        int drainSeconds,
        Limits limits,
        AssistantConfig assistant,
        Map<String, PolicyTable> policies) {

    @Override
    public String toString() {
        return "demo=" + demo + " host=" + host + " port=" + port + " store=" + store + " dataDir=" + dataDir
                + " durability=" + durability + " tokenSecret=(hidden) operatorSecret="
                + (operatorSecret.isEmpty() ? "" : "(hidden)") + " allowedOrigins=" + allowedOrigins
                + " cacheBytesMax=" + cacheBytesMax + " loops=" + loops + " retentionDays=" + retentionDays
                + " drainSeconds=" + drainSeconds + " limits="
                + limits + " assistant="
                + assistant + " policies=" + policies.keySet();
    }
}

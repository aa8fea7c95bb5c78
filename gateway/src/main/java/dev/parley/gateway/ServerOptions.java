package dev.parley.gateway;

import dev.parley.gateway.http.DrainRoute;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.PolicyFolder;
import dev.parley.gateway.store.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code demo} and {@code serve} share; each has an environment variable. */
final class ServerOptions {
    private static final int CACHE_SHARE = 4;

    @Option(
            names = "--port",
            defaultValue = "${env:PARLEY_PORT:-8080}",
            description = "TCP port, 0 for a free one (default ${DEFAULT-VALUE}; PARLEY_PORT)")
    int port;

    @Option(
            names = "--store",
            defaultValue = "${env:PARLEY_STORE:-rocksdb}",
            description =
                    "rocksdb, memory, or the Redis that gateways share: redis://HOST:PORT, redis-sentinel://…#NAME,"
                            + " redis-cluster://… (default ${DEFAULT-VALUE}; PARLEY_STORE)")
    String store = StoreKind.ROCKSDB.name();

    @Option(
            names = "--durability",
            defaultValue = "${env:PARLEY_DURABILITY:-disk}",
            description =
                    "what an acknowledgement survives: disk (a power cut), process (a crash), or with Redis replica"
                            + " (the loss of a server)"
                            + " (default ${DEFAULT-VALUE}; PARLEY_DURABILITY)")
    Durability durability = Durability.DISK;

    @Option(
            names = "--cache-bytes",
            defaultValue = "${env:PARLEY_CACHE_BYTES:-0}",
            description = "memory for loaded conversations; 0: a quarter of what Java may have (PARLEY_CACHE_BYTES)")
    long cacheBytes;

    @Option(
            names = "--loops",
            defaultValue = "${env:PARLEY_LOOPS:-0}",
            description = "event loops, each with a shard; 0: one per processor (PARLEY_LOOPS)")
    int loops;

    @Option(
            names = "--retention-days",
            defaultValue = "${env:PARLEY_RETENTION_DAYS:-0}",
            description = "entries of the log that are older are deleted, as far as a snapshot covers them;"
                    + " 0: none (default ${DEFAULT-VALUE}; PARLEY_RETENTION_DAYS)")
    int retentionDays;

    @Option(
            names = "--drain-seconds",
            defaultValue = "${env:PARLEY_DRAIN_SECONDS:-0}",
            description = "how long connections have to move to other gateways when this one is asked to end;"
                    + " 0: they are closed at once (default ${DEFAULT-VALUE}; PARLEY_DRAIN_SECONDS)")
    int drainSeconds;

    @Option(
            names = "--operations-per-second",
            defaultValue = "${env:PARLEY_OPERATIONS_PER_SECOND:-1000}",
            description = "how much a principal may do over all its connections; 0: no limit"
                    + " (default ${DEFAULT-VALUE}; PARLEY_OPERATIONS_PER_SECOND)")
    int operationsPerSecond = Limits.DEFAULT.operationsPerSecond();

    @Option(
            names = "--operations-burst",
            defaultValue = "${env:PARLEY_OPERATIONS_BURST:-4000}",
            description = "so many of them at once after a pause (default ${DEFAULT-VALUE}; PARLEY_OPERATIONS_BURST)")
    int operationsBurst = Limits.DEFAULT.operationsBurst();

    @Option(
            names = "--connections-per-principal",
            defaultValue = "${env:PARLEY_CONNECTIONS_PER_PRINCIPAL:-1000}",
            description = "connections that a principal may have; 0: no limit"
                    + " (default ${DEFAULT-VALUE}; PARLEY_CONNECTIONS_PER_PRINCIPAL)")
    int connectionsPerPrincipal = Limits.DEFAULT.connectionsPerPrincipalMax();

    @Option(
            names = "--connections-per-address",
            defaultValue = "${env:PARLEY_CONNECTIONS_PER_ADDRESS:-0}",
            description = "sockets from one address, which behind a balancer is the balancer's; 0: no limit"
                    + " (default ${DEFAULT-VALUE}; PARLEY_CONNECTIONS_PER_ADDRESS)")
    int connectionsPerAddress = Limits.DEFAULT.connectionsPerAddressMax();

    @Option(
            names = "--allowed-origin",
            defaultValue = "${env:PARLEY_ALLOWED_ORIGINS:-}",
            split = ",",
            description = "web origins whose pages may connect, like https://shop.example (PARLEY_ALLOWED_ORIGINS)")
    List<String> allowedOrigins = new ArrayList<>();

    @Mixin
    private OperatorSecretOption operator = new OperatorSecretOption();

    @Mixin
    private AssistantOptions assistant = new AssistantOptions();

    @Option(
            names = "--policy-dir",
            defaultValue = "${env:PARLEY_POLICY_DIR}",
            description = "folder with TENANT.txt files, whose rows stand before those of who may do what"
                    + " (PARLEY_POLICY_DIR)")
    @Nullable Path policyDir;

    GatewayConfig config(boolean demo, String host, Path data, String tokenSecret) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port " + port + " is not a port");
        }
        StoreKind kind = StoreKind.of(store);
        if (durability == Durability.REPLICA && !kind.isRedis()) {
            throw new IllegalArgumentException("--durability replica needs a store that has replicas");
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("--cache-bytes " + cacheBytes + " is not a size");
        }
        if (loops < 0) {
            throw new IllegalArgumentException("--loops " + loops + " is not a number of loops");
        }
        if (retentionDays < 0) {
            throw new IllegalArgumentException("--retention-days " + retentionDays + " is not a number of days");
        }
        if (drainSeconds < 0 || drainSeconds > DrainRoute.SECONDS_MAX) {
            throw new IllegalArgumentException("--drain-seconds " + drainSeconds + " is not a time up to an hour");
        }
        return new GatewayConfig(
                demo,
                host,
                port,
                kind,
                data,
                durability,
                tokenSecret,
                operator.read(),
                allowedOrigins.stream().filter(origin -> !origin.isEmpty()).toList(),
                cacheBytes == 0 ? Runtime.getRuntime().maxMemory() / CACHE_SHARE : cacheBytes,
                loops == 0 ? Runtime.getRuntime().availableProcessors() : loops,
                retentionDays,
                drainSeconds,
                limits(),
                assistant.read(),
                policyDir == null ? Map.of() : PolicyFolder.read(policyDir));
    }

    private Limits limits() {
        if (operationsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "--operations-per-second " + operationsPerSecond + " is not a number of them");
        }
        int burstMin = Math.max(operationsPerSecond, Limits.DEFAULT.operationsPerSubmissionMax());
        if (operationsBurst < burstMin) {
            throw new IllegalArgumentException("--operations-burst " + operationsBurst
                    + " is less than a second's, or than one submission may have: " + burstMin);
        }
        if (connectionsPerPrincipal < 0) {
            throw new IllegalArgumentException(
                    "--connections-per-principal " + connectionsPerPrincipal + " is not a number of connections");
        }
        if (connectionsPerAddress < 0) {
            throw new IllegalArgumentException(
                    "--connections-per-address " + connectionsPerAddress + " is not a number of connections");
        }
        return Limits.DEFAULT.withCounted(
                operationsPerSecond, operationsBurst, connectionsPerPrincipal, connectionsPerAddress);
    }
}

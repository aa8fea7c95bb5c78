package dev.parley.load.command;

import dev.parley.load.Folders;
import dev.parley.load.GatewayProcess;
import dev.parley.load.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which gateway a command loads: one that runs, or one that is started for it. */
final class LoadedGateway {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Choice choice;

    static final class Choice {
        @Option(
                names = "--url",
                split = ",",
                description = "WebSocket of a running gateway, or of several that share conversations.")
        private List<URI> urls = List.of();

        @Option(names = "--gateway-jar", description = "Start this gateway for the run, with a temporary folder.")
        private @Nullable Path jar;
    }

    @Option(
            names = "--token-secret-file",
            description = "Secret of the gateway at --url, if it is not in PARLEY_TOKEN_SECRET.")
    private @Nullable Path secretFile;

    @Option(
            names = "--operator-secret-file",
            description = "Secret of who may drain the gateways at --url, if it is not in PARLEY_OPERATOR_SECRET.")
    private @Nullable Path operatorSecretFile;

    @Option(names = "--gateway-option", description = "For the gateway that is started, such as --cache-bytes=1000000.")
    private List<String> options = List.of();

    @Option(
            names = "--gateway-jvm-option",
            description = "For the Java of the gateway that is started, such as -Xmx192m.")
    private List<String> jvmOptions = List.of();

    /**
     * {@code operatorSecret} is null if nobody may drain them; {@code started} are the processes that {@code urls} lead to, if
     * they were started for this.
     */
    record Reached(
            List<URI> urls, String tokenSecret, @Nullable String operatorSecret, List<GatewayProcess> started) {}

    interface Job {
        int run(Reached gateways) throws IOException;
    }

    /** With several {@code nodes} they share a Redis that is started too. */
    int load(int nodes, Job job) throws IOException {
        if (!choice.urls.isEmpty()) {
            if (choice.urls.size() < nodes) {
                throw new ParameterException(spec.commandLine(), "it needs the --url of " + nodes + " gateways");
            }
            return job.run(new Reached(
                    choice.urls, tokenSecret(), secret(operatorSecretFile, "PARLEY_OPERATOR_SECRET"), List.of()));
        }
        if (choice.jar == null) {
            throw new ParameterException(spec.commandLine(), "--url or --gateway-jar");
        }
        Path folder = Files.createTempDirectory("parley-load");
        try {
            return nodes == 1
                    ? load(choice.jar, folder, nodes, options, job)
                    : loadOnRedis(choice.jar, folder, nodes, job);
        } finally {
            Folders.delete(folder);
        }
    }

    private int loadOnRedis(Path jar, Path folder, int nodes, Job job) throws IOException {
        try (RedisProcess redis = new RedisProcess(Files.createDirectory(folder.resolve("redis"))).start()) {
            List<String> all = new ArrayList<>(List.of("--store", redis.uri()));
            all.addAll(options);
            return load(jar, folder, nodes, all, job);
        }
    }

    private int load(Path jar, Path folder, int nodes, List<String> all, Job job) throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        List<GatewayProcess> started = new ArrayList<>();
        try {
            for (int i = 0; i < nodes; i++) {
                Path data = Files.createDirectory(folder.resolve("node" + i));
                started.add(new GatewayProcess(jar, data, secret, jvmOptions, all).start());
            }
            return job.run(new Reached(
                    started.stream().map(GatewayProcess::webSocket).toList(), secret, secret, List.copyOf(started)));
        } finally {
            started.forEach(GatewayProcess::close);
        }
    }

    private String tokenSecret() throws IOException {
        String secret = secret(secretFile, "PARLEY_TOKEN_SECRET");
        if (secret == null) {
            throw new ParameterException(spec.commandLine(), "--url needs PARLEY_TOKEN_SECRET");
        }
        return secret;
    }

    private static @Nullable String secret(@Nullable Path file, String variable) throws IOException {
        return file == null ? System.getenv(variable) : Files.readString(file).strip();
    }
}

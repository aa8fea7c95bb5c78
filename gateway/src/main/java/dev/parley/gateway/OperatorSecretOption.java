package dev.parley.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The secret of who operates the gateway, for all tenants: never a flag's value, which every user of the machine could see. */
final class OperatorSecretOption {
    private static final int BYTES_MIN = 32;

    @Option(
            names = "--operator-secret-file",
            description = "file with the secret, at least 32 bytes, of who may drain the gateway over HTTP;"
                    + " or PARLEY_OPERATOR_SECRET holds it. Without one nobody may")
    private @Nullable Path file;

    /** Empty if there is none. */
    String read() {
        String secret = file == null ? System.getenv("PARLEY_OPERATOR_SECRET") : contentOf(file);
        if (secret == null || (file == null && secret.isEmpty())) {
            return "";
        }
        if (secret.getBytes(StandardCharsets.UTF_8).length < BYTES_MIN) {
            throw new IllegalArgumentException("the operator secret needs at least " + BYTES_MIN + " bytes");
        }
        return secret;
    }

    private static String contentOf(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("--operator-secret-file " + file + " cannot be read", e);
        }
    }
}

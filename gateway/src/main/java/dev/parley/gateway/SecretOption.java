package dev.parley.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The secret that tokens are signed with: never a flag's value, which every user of the machine could see. */
final class SecretOption {
    @Option(
            names = "--token-secret-file",
            description = "file with the token secret, at least 32 bytes; or PARLEY_TOKEN_SECRET holds it")
    private @Nullable Path file;

    String read() throws IOException {
        String secret = file == null
                ? System.getenv("PARLEY_TOKEN_SECRET")
                : Files.readString(file).strip();
        if (secret == null || secret.isEmpty()) {
            throw new IllegalArgumentException(
                    "no token secret: set PARLEY_TOKEN_SECRET or --token-secret-file. Without one anybody could be anybody");
        }
        return secret;
    }
}

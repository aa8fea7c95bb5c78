package dev.parley.gateway;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.http.DemoRoute;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "demo", description = "Runs a gateway on loopback with a shop's chat and an agents' desk to try.")
final class DemoCommand implements Callable<Integer> {
    private static final int SECRET_BYTES = 32;
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "loopback address (default ${DEFAULT-VALUE})")
    private String host = "";

    @Option(names = "--data", description = "folder for the conversations (default ~/.parley/demo)")
    private @Nullable Path data;

    @Override
    public Integer call() throws Exception {
        Path folder = data == null ? Path.of(System.getProperty("user.home"), ".parley", "demo") : data;
        String secret = secret(folder);
        Tokens tokens = new Tokens(secret, InstantSource.system(), Limits.DEFAULT.idLengthMax());
        String agent = tokens.mint(DemoRoute.TENANT, new Author("script", Role.AGENT, "Script"), TOKEN_LIFETIME);
        String assistant = tokens.mint(DemoRoute.TENANT, new Author("model", Role.ASSISTANT, "Model"), TOKEN_LIFETIME);
        return new Foreground(options.config(true, host, folder, secret)).run("""

                          Shop with chat   {url}/visitor.html    (open it in several tabs)
                          Agents' desk     {url}/desk.html
                          All pages        {url}/

                          An agent's token for scripts, good for 12 hours:
                          %s

                          An assistant's, to stream text into drafts with curl (docs/http-api.md):
                          %s

                        """.formatted(agent, assistant));
    }

    /** Kept beside the data, so that pages and scripts stay logged in over a restart. */
    private static String secret(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("token-secret");
        if (!Files.exists(file)) {
            byte[] random = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(random));
        }
        return Files.readString(file).strip();
    }
}

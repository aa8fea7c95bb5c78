package dev.parley.gateway;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Tokens;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "token", description = "Mints a token under the gateway's secret.")
final class TokenCommand implements Callable<Integer> {
    @Mixin
    private SecretOption secret = new SecretOption();

    @Option(names = "--tenant", required = true, description = "the customer site")
    private String tenant = "";

    @Option(names = "--subject", required = true, description = "who it is, unique in the tenant")
    private String subject = "";

    @Option(names = "--role", required = true, description = "${COMPLETION-CANDIDATES}")
    private Role role = Role.VISITOR;

    @Option(names = "--name", defaultValue = "", description = "name for display")
    private String name = "";

    @Option(names = "--hours", defaultValue = "12", description = "how long it is good (default ${DEFAULT-VALUE})")
    private int hours;

    @Override
    public Integer call() throws Exception {
        Tokens tokens = new Tokens(secret.read(), InstantSource.system(), Limits.DEFAULT.idLengthMax());
        System.out.println(tokens.mint(tenant, new Author(subject, role, name), Duration.ofHours(hours)));
        return 0;
    }
}

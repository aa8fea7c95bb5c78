package dev.parley.gateway;

import picocli.CommandLine;

/** The command line: {@code parley.jar demo | serve | token}. */
@CommandLine.Command(
        name = "parley",
        description = "A WebSocket gateway for live chat: many tabs, one conversation.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        version = "parley 0.1.0",
        subcommands = {DemoCommand.class, ServeCommand.class, TokenCommand.class})
public final class GatewayMain {

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new GatewayMain());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((exception, line, result) -> {
            line.getErr().println("parley: " + StartFailure.message(exception));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }
}

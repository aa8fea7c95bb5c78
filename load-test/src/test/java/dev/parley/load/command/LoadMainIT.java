package dev.parley.load.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line of the load test. */
final class LoadMainIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void startsAGatewayRunsALoadAndEndsWithATableAndNoViolations() {
        int exitCode = run(
                "run",
                "--gateway-jar=" + System.getProperty("parley.jar"),
                "--gateway-option=--durability=process",
                "--gateway-jvm-option=-Xmx256m",
                "--seconds=3",
                "--conversations=5",
                "--rate=30",
                "--seed=1");

        assertThat(exitCode).as("%s%s", out, err).isEqualTo(CommandLine.ExitCode.OK);
        assertThat(out.toString()).contains("--seed=1 ", "acknowledged", "p99", "0 violations");
    }

    @Test
    void doesNotRunAgainstAGatewayWhoseSecretItWasNotTold() {
        int exitCode = run("run", "--url=ws://127.0.0.1:1/ws");

        assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--url needs PARLEY_TOKEN_SECRET");
    }

    @Test
    void saysHowManyConnectionsItMayHaveInsteadOfBeginningALoadThatTakesMore() {
        int exitCode = run(
                "run",
                "--gateway-jar=none.jar",
                "--conversations=100000000",
                "--tabs=4",
                "--agents=0",
                "--agents-per-conversation=0");

        assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("it takes 400000001 connections, and this process may have ");
    }

    @Test
    void needsACommand() {
        assertThat(run()).isEqualTo(CommandLine.ExitCode.USAGE);
    }

    private int run(String... arguments) {
        return LoadMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}

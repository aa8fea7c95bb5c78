package dev.parley.load.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that compares, as a process of its own, since it places itself on a processor. */
final class CompareIT {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path results;

    private String output = "";

    @Test
    void doesTheSameWorkWithParleyAndTheBroadcastersAndFindsNothingWrong() throws IOException, InterruptedException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "server and generator need a processor each");

        int exitCode = run(
                "--servers=parley-process,netty,netty-hand",
                "--measure=latency,startup",
                "--shape=5",
                "--rates=200",
                "--quick",
                "--window-millis=300",
                "--warm-up-millis=300",
                "--seed=1");

        assertThat(exitCode).as(output).isZero();
        assertThat(output).contains("--seed=1").doesNotContain("VIOLATIONS", "NOT SETTLED", "LEFT OUT");
        assertThat(Files.readAllLines(results.resolve("windows.jsonl")))
                .hasSize(6)
                .allMatch(line -> line.startsWith("{\"kind\":\"") && line.endsWith("}"));
        assertThat(results.resolve("table.md"))
                .content()
                .contains("| delivery p99, 5 conversations, 200 operations/s | Netty broadcaster, framed by hand | ");
        assertThat(results.resolve("plot.svg")).content().startsWith("<svg ");
    }

    @Test
    void saysWhatItDoesNotKnow() throws IOException, InterruptedException {
        assertThat(run("--servers=apache")).isEqualTo(2);
        assertThat(output).contains("no server apache");
        assertThat(run("--measure=beauty")).isEqualTo(2);
        assertThat(output).contains("no measure beauty");
        assertThat(run("--server-processor=1")).isEqualTo(2);
        assertThat(output).contains("a processor each");
    }

    private int run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("parley.load.jar"),
                "compare",
                "--gateway-jar=" + System.getProperty("parley.jar"),
                "--results=" + results));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor();
    }
}

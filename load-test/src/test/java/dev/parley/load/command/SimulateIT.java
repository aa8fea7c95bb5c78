package dev.parley.load.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.load.GatewayProcess;
import dev.parley.wire.v1.ServerFrames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Simulations, each small and for a few seconds, against a gateway that they share. */
final class SimulateIT {
    private static final String SECRET = "a secret for tests, 32 bytes or longer";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path folder;

    private static @Nullable GatewayProcess gateway;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startGateway() throws IOException {
        Files.writeString(folder.resolve("secret"), SECRET);
        Files.writeString(folder.resolve("another"), "x".repeat(32));
        gateway = new GatewayProcess(
                        Path.of(System.getProperty("parley.jar")),
                        Files.createDirectory(folder.resolve("data")),
                        SECRET,
                        List.of("-Xmx256m"),
                        List.of("--durability=process"))
                .start();
    }

    @AfterAll
    static void stopGateway() {
        if (gateway != null) {
            gateway.close();
            assertThat(gateway.output()).doesNotContain(" ERROR ", "LEAK:");
        }
    }

    @Test
    void manyTabsAreEachShownWhatOneOfThemTypes() {
        passes("ManyTabs", "--users=5", "--tabs=4", "--seconds=2", "--per-second=20");
        assertThat(out.toString())
                .contains("connect   ", "snapshot   ", "saved   ", "delivered to other tab   ", "all delivered   ");
    }

    @Test
    void manyWritersTypeIntoOneDraft() {
        passes("HotDraft", "--users=20", "--seconds=2", "--per-second=10");
        assertThat(out.toString()).contains("saved   ", "delivered to staff   ");
    }

    @Test
    void anAgentAnswersInFiftyConversations() {
        passes("AgentDesk", "--users=1", "--tabs=1", "--seconds=2", "--per-second=50");
        assertThat(out.toString()).contains("delivered to visitor   ", "delivered to staff   ");
    }

    @Test
    void hundredsOfSubmissionsThatWereMadeOfflineAreFlushedOnce() {
        passes("AirplaneMode", "--users=3", "--seconds=1");
        assertThat(out.toString()).contains("resume   ", "saved after resume   ");
    }

    @Test
    void allComeBackFromAStorm() {
        passes("ReconnectStorm", "--users=10", "--tabs=4", "--seconds=1", "--per-second=10");
        assertThat(out.toString()).contains("resume   ", "connections ended, by close code            {1006=40}");
    }

    @Test
    void slowReadersCatchUpAndTheOthersReadOn() {
        passes("SlowReaders", "--users=5", "--tabs=1", "--seconds=4", "--per-second=50");
        assertThat(out.toString())
                .contains("while all read   ", "while some stand still", "caught up, told unasked since slow")
                .doesNotContain("resume   ");
    }

    @Test
    void whoComesBackAfterALongAbsenceIsToldWhatIsThereAndNotAllThatHappened() {
        passes("LongAbsence", "--users=2", "--seconds=20", "--per-second=100");
        assertThat(out.toString()).contains("caught up since they asked                  2");
    }

    @Test
    void agentsTakeOverFromAnAssistantThatStreams() {
        passes("AssistantStream", "--users=3", "--seconds=2");
        assertThat(out.toString()).contains("take-over   ", "delivered to staff   ");
    }

    @Test
    void idleConnectionsAreCounted() {
        passes("Idle", "--users=10", "--tabs=4", "--seconds=1");
        assertThat(out.toString()).contains("connections welcomed                        40");
    }

    @Test
    void tabsAtTwoGatewaysShowTheSame() {
        int exitCode = run(
                "TwoNodes",
                "--gateway-jar=" + System.getProperty("parley.jar"),
                "--gateway-jvm-option=-Xmx192m",
                "--gateway-option=--loops=1",
                "--users=3",
                "--seconds=1");

        assertThat(exitCode).as("%s%s", out, err).isEqualTo(CommandLine.ExitCode.OK);
        assertThat(out.toString()).contains("delivered to other tab   ", "0 violations, assertions hold");
    }

    @Test
    void whoIsSentAwayByADrainIsBackInTimeAndNobodyElseNotices() {
        int exitCode = run(
                "Drain",
                "--gateway-jar=" + System.getProperty("parley.jar"),
                "--gateway-jvm-option=-Xmx192m",
                "--gateway-option=--loops=1",
                "--users=20",
                "--tabs=2",
                "--seconds=4");

        assertThat(exitCode).as("%s%s", out, err).isEqualTo(CommandLine.ExitCode.OK);
        assertThat(out.toString())
                .contains("moved   ", "connections ended, by close code            {1012=40}")
                .contains("0 violations, assertions hold");
    }

    @Test
    void whoMayNotDrainFailsTheRun() {
        int exitCode = run(
                "Drain",
                "--url=" + webSocket() + "," + webSocket().resolve("/ws?other"),
                "--token-secret-file=" + folder.resolve("secret"),
                "--operator-secret-file=" + folder.resolve("another"),
                "--users=1",
                "--tabs=1",
                "--seconds=1");

        assertThat(exitCode).as("%s%s", out, err).isEqualTo(LoadMain.VIOLATED);
        assertThat(out.toString()).contains("assertions failed");
    }

    @Test
    void anEntryThatIsLostOnTheWayFailsTheRun() {
        fails(FrameProxy.dropping(20), "NOT_DELIVERED: ");
    }

    @Test
    void anEntryThatComesTwiceFailsTheRun() {
        fails(FrameProxy.doubling(20), "DELIVERED_TWICE: ");
    }

    @Test
    void refusesASimulationThatThereIsNot() {
        assertThat(run(webSocket(), "NoSuch")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("no simulation NoSuch", "ManyTabs", "Idle");
    }

    /** As a user runs it: the packed jar starts a gateway of its own and leaves a report. */
    @Test
    void theJarRunsASimulationOnAGatewayOfItsOwnAndLeavesAReport() throws Exception {
        Path results = folder.resolve("results");
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-jar", System.getProperty("parley.load.jar")));
        command.addAll(List.of("simulate", "ManyTabs", "--gateway-jar", System.getProperty("parley.jar")));
        command.addAll(List.of("--gateway-option=--durability=process", "--gateway-jvm-option=-Xmx256m"));
        command.addAll(List.of("--users=2", "--seconds=1", "--results", results.toString()));

        int exitCode = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();

        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(exitCode).as(text).isZero();
        assertThat(text)
                .contains("microseconds since due", "milliseconds, Gatling's", "resident memory of what was started")
                .contains("the clients' loop was busy")
                .contains("0 violations, assertions hold");
        String report = text.lines()
                .filter(line -> line.startsWith("report: "))
                .findFirst()
                .orElseThrow();
        assertThat(Path.of(URI.create(report.substring("report: ".length()))))
                .startsWith(results)
                .content()
                .contains("delivered to other tab");
    }

    private void passes(String simulation, String... options) {
        assertThat(run(webSocket(), simulation, options)).as("%s%s", out, err).isEqualTo(CommandLine.ExitCode.OK);
        assertThat(out.toString()).contains("0 violations, assertions hold");
    }

    private void fails(Function<ServerFrames, List<ServerFrames>> tampering, String violation) {
        try (FrameProxy proxy = new FrameProxy(webSocket(), tampering)) {
            int exitCode = run(
                    proxy.webSocket(), "ManyTabs", "--users=2", "--seconds=2", "--per-second=20", "--settle-seconds=5");
            assertThat(exitCode).as("%s%s", out, err).isEqualTo(LoadMain.VIOLATED);
        }
        assertThat(out.toString()).contains(violation);
    }

    private static URI webSocket() {
        if (gateway == null) {
            throw new IllegalStateException("no test is running");
        }
        return gateway.webSocket();
    }

    private int run(URI url, String simulation, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--url=" + url, "--token-secret-file=" + folder.resolve("secret")));
        return run(simulation, all.toArray(String[]::new));
    }

    private int run(String simulation, String... options) {
        List<String> arguments = new ArrayList<>(List.of("simulate", simulation, "--no-report", "--seed=1"));
        arguments.add("--results=" + folder.resolve("results"));
        arguments.addAll(List.of(options));
        return LoadMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }
}

package dev.parley.load.command;

import dev.parley.load.LiveHeap;
import dev.parley.load.TokenMint;
import dev.parley.load.Transport;
import dev.parley.load.check.Violation;
import dev.parley.load.gatling.Gateways;
import dev.parley.load.gatling.NoPreferences;
import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.ParleyRun;
import dev.parley.load.gatling.Plan;
import dev.parley.load.simulation.AgentDesk;
import dev.parley.load.simulation.AirplaneMode;
import dev.parley.load.simulation.AssistantStream;
import dev.parley.load.simulation.Drain;
import dev.parley.load.simulation.HotDraft;
import dev.parley.load.simulation.Idle;
import dev.parley.load.simulation.LongAbsence;
import dev.parley.load.simulation.ManyTabs;
import dev.parley.load.simulation.ReconnectStorm;
import dev.parley.load.simulation.SlowReaders;
import dev.parley.load.simulation.TwoNodes;
import io.gatling.app.Gatling$;
import io.gatling.javaapi.core.Simulation;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has Gatling run a simulation against a gateway, and judges what it did. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Runs a simulation with Gatling, then checks that every tab got every entry once, in order and without a gap, and",
            "that all tabs of a conversation show the same. Exits with 0 if all was well and with 1 if not."
        })
final class Simulate implements Callable<Integer> {
    private static final List<Class<? extends Simulation>> SIMULATIONS = List.of(
            ManyTabs.class,
            HotDraft.class,
            AgentDesk.class,
            AirplaneMode.class,
            ReconnectStorm.class,
            Drain.class,
            SlowReaders.class,
            LongAbsence.class,
            AssistantStream.class,
            Idle.class,
            TwoNodes.class);

    private static final Set<Class<? extends Simulation>> OF_TWO_NODES = Set.of(Drain.class, TwoNodes.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private LoadedGateway gateway;

    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Names() {
            SIMULATIONS.forEach(simulation -> add(simulation.getSimpleName()));
        }
    }

    @Parameters(description = "One of ${COMPLETION-CANDIDATES}.", completionCandidates = Names.class)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String simulation;

    @Option(names = "--users", description = "How many come, if not as many as the simulation has by itself.")
    private @Nullable Integer users;

    @Option(
            names = "--tabs",
            description = "Connections of each visitor, if not as many as the simulation has by itself.")
    private @Nullable Integer tabs;

    @Option(
            names = "--per-second",
            description = "Submissions of each who types or writes, if not as the simulation has it.")
    private @Nullable Double perSecond;

    @Option(names = "--seconds", description = "How long each is at it, if not as long as the simulation has it.")
    private @Nullable Integer seconds;

    @Option(names = "--settle-seconds", description = "How long the last answers may take.")
    private int settleSeconds = 60;

    @Option(names = "--results", description = "Folder for reports, each in a folder of its own.")
    private Path results = Path.of("target", "gatling");

    @Option(names = "--no-report", description = "Write no HTML report.")
    private boolean withoutReport;

    @Option(names = "--seed", description = "Of all that is random; printed if not given.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException {
        Class<? extends Simulation> chosen = SIMULATIONS.stream()
                .filter(each -> each.getSimpleName().equals(simulation))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "no simulation " + simulation + ", but " + new Names()));
        return gateway.load(OF_TWO_NODES.contains(chosen) ? 2 : 1, gateways -> run(chosen, gateways));
    }

    private int run(Class<? extends Simulation> chosen, LoadedGateway.Reached gateways) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Clock clock = Clock.systemUTC();
        long seedOfRun = seed != null ? seed : new SecureRandom().nextInt(1_000_000_000);
        out.println(chosen.getSimpleName() + " on " + gateways.urls() + " --seed=" + seedOfRun);
        out.flush();
        ResidentMemory memory = new ResidentMemory(gateways.started());
        EventLoopGroup group = Transport.oneLoop();
        ParleyRun run = new ParleyRun(
                group.next(),
                new Gateways(gateways.urls(), gateways.operatorSecret()),
                () -> gateways.started().stream()
                        .mapToLong(started -> new LiveHeap(started).bytes())
                        .sum(),
                new TokenMint(gateways.tokenSecret(), clock),
                "load-" + Long.toString(clock.millis(), Character.MAX_RADIX),
                seedOfRun,
                new Plan(users, tabs, perSecond, seconds));
        try {
            ParleyProtocol.present(run);
            NoPreferences.use();
            int gatlingCode = Gatling$.MODULE$.fromArgs(gatlingArguments(chosen));
            String resident = memory.sinceStart(run.connections());
            String busy = run.busy();
            List<Violation> violations = run.judge(Duration.ofSeconds(settleSeconds));
            out.println();
            out.print(run.table());
            out.print(busy);
            out.print(resident);
            report(chosen).forEach(page -> out.println("report: " + page.toUri()));
            violations.forEach(violation -> out.println("--seed=" + seedOfRun + "  " + violation));
            out.println(violations.size() + " violations, assertions " + (gatlingCode == 0 ? "hold" : "failed"));
            out.flush();
            return violations.isEmpty() && gatlingCode == 0 ? 0 : LoadMain.VIOLATED;
        } finally {
            run.close();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private String[] gatlingArguments(Class<? extends Simulation> chosen) {
        List<String> arguments = new ArrayList<>(List.of("-s", chosen.getName(), "-rf", results.toString()));
        if (withoutReport) {
            arguments.add("-nr");
        }
        return arguments.toArray(String[]::new);
    }

    /** The newest one: Gatling names its folder by the time. */
    private List<Path> report(Class<? extends Simulation> chosen) throws IOException {
        if (withoutReport || !Files.isDirectory(results)) {
            return List.of();
        }
        String prefix = chosen.getSimpleName().toLowerCase(Locale.ROOT);
        try (Stream<Path> folders = Files.list(results)) {
            return folders
                    .filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .map(folder -> folder.resolve("index.html").toAbsolutePath())
                    .filter(Files::exists)
                    .max(Comparator.naturalOrder())
                    .stream()
                    .toList();
        }
    }
}

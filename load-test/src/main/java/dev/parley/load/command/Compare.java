package dev.parley.load.command;

import dev.parley.load.compare.Comparison;
import dev.parley.load.compare.Measure;
import dev.parley.load.compare.Pace;
import dev.parley.load.compare.Peers;
import dev.parley.load.compare.Processors;
import dev.parley.load.compare.ServerKind;
import dev.parley.load.compare.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Does the same work with several servers and says how they relate. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Runs the same work against Parley and other servers, in turn, each on a processor of its own, and says how they",
            "relate. Visitors have four tabs: one types single characters, the others get them; or many write into one draft.",
            "Needs Linux and taskset, and npm for the servers of others, which it installs.",
            "Exits with 0 if every operation was acknowledged and delivered exactly once and in order, and with 1 if not."
        })
final class Compare implements Callable<Integer> {
    /** How the command tells itself that it runs where it should. */
    private static final String PLACED = "parley.load.placed";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    static final class Servers extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Servers() {
            Arrays.stream(ServerKind.values()).forEach(kind -> add(kind.label()));
        }
    }

    static final class Measures extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Measures() {
            Arrays.stream(Measure.values()).forEach(measure -> add(measure.label()));
        }
    }

    @Option(
            names = "--servers",
            split = ",",
            completionCandidates = Servers.class,
            description = "Of ${COMPLETION-CANDIDATES}; all if not given, with --quick parley and netty.")
    private List<String> servers = List.of();

    @Option(
            names = "--shape",
            split = ",",
            description = "Conversations. With 200 what is written coalesces, with 2500 it cannot.")
    private List<Integer> shapes = List.of(200, 2_500);

    @Option(
            names = "--measure",
            split = ",",
            completionCandidates = Measures.class,
            description = "Of ${COMPLETION-CANDIDATES}; all if not given, with --quick closed and saturation.")
    private List<String> measures = List.of();

    @Option(names = "--rates", split = ",", description = "Operations a second at which latency is measured.")
    private List<Integer> rates = List.of(1_000, 4_000);

    @Option(names = "--idle-connections", split = ",", description = "How many say nothing.")
    private List<Integer> idleConnections = List.of(2_500, 5_000, 10_000);

    @Option(names = "--rounds", description = "How often everything is measured: a ratio needs five quiet windows.")
    private int rounds = 6;

    @Option(names = "--quick", description = "One round with short windows: for orientation.")
    private boolean isQuick;

    @Option(names = "--window-millis", description = "How long a window is; 3000 if not given, with --quick 2000.")
    private @Nullable Integer windowMillis;

    @Option(
            names = "--warm-up-millis",
            description = "How long a server is full before its first window; 15000 if not given, with --quick 5000.")
    private @Nullable Integer warmUpMillis;

    @Option(names = "--gateway-jar", description = "Parley.")
    private Path gatewayJar = Path.of("gateway", "target", "parley.jar");

    @Option(names = "--gateway-option", description = "For Parley, such as --cache-bytes=1000000.")
    private List<String> gatewayOptions = List.of();

    @Option(
            names = "--acknowledge-millis",
            description = "How long after an entry a tab of Parley says that it has it.")
    private int acknowledgeMillis = 5_000;

    @Option(
            names = "--peers",
            description = "Folder of the servers of others, into which npm installs them; by default load-test/compare,"
                    + " where this jar was built.")
    private @Nullable Path peers;

    @Option(names = "--server-processor")
    private int serverProcessor;

    @Option(names = "--generator-processor")
    private int generatorProcessor = 1;

    @Option(names = "--results", description = "Folder for windows.jsonl, table.md and plot.svg.")
    private Path results = Path.of("target", "compare");

    @Option(names = "--seed", description = "Of all that is random; printed if not given.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Comparison.Plan plan = plan();
        PrintWriter out = spec.commandLine().getOut();
        if (System.getProperty(PLACED) == null) {
            if (plan.servers().stream().anyMatch(ServerKind::isInstalled)) {
                Peers.install(plan.peers(), out);
            }
            return runPlaced();
        }
        // Who ends the command ends what it started.
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(1)));
        out.println("--seed=" + plan.seed());
        return Comparison.run(plan, out) ? 0 : LoadMain.VIOLATED;
    }

    /** The same command again, on the processor of the generator. */
    private int runPlaced() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "taskset",
                "-c",
                Integer.toString(generatorProcessor),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-D" + PLACED + "=yes",
                "-cp",
                System.getProperty("java.class.path"),
                LoadMain.class.getName()));
        command.addAll(spec.commandLine().getParseResult().originalArgs());
        Process process = new ProcessBuilder(command).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.waitFor();
    }

    private Comparison.Plan plan() {
        if (serverProcessor == generatorProcessor) {
            throw new ParameterException(spec.commandLine(), "server and generator need a processor each");
        }
        if (shapes.stream().anyMatch(conversations -> conversations < 1)
                || rates.stream().anyMatch(rate -> rate < 1)
                || idleConnections.stream().anyMatch(connections -> connections < Shape.TABS)
                || rounds < 1
                || (windowMillis != null && windowMillis < 1)
                || (warmUpMillis != null && warmUpMillis < 1)) {
            throw new ParameterException(spec.commandLine(), "there is nothing to measure in that");
        }
        return new Comparison.Plan(
                chosen("server", servers, isQuick ? List.of("parley", "netty") : new Servers(), ServerKind::of),
                shapes.stream().map(Shape::new).toList(),
                chosen("measure", measures, isQuick ? List.of("closed", "saturation") : new Measures(), Measure::of),
                rates,
                idleConnections,
                isQuick ? 1 : rounds,
                pace(),
                seed != null ? seed : new SecureRandom().nextInt(1_000_000_000),
                gatewayJar,
                gatewayOptions,
                acknowledgeMillis,
                peers(),
                new Processors(serverProcessor, generatorProcessor),
                results);
    }

    private Pace pace() {
        Pace pace = isQuick ? Pace.QUICK : Pace.FULL;
        return new Pace(
                windowMillis == null ? pace.windowMillis() : windowMillis,
                pace.leadMillis(),
                warmUpMillis == null ? pace.warmUpMillis() : warmUpMillis,
                pace.steps(),
                pace.tries());
    }

    private <T> List<T> chosen(
            String what, List<String> names, List<String> unless, Function<String, java.util.Optional<T>> byName) {
        return (names.isEmpty() ? unless : names)
                .stream()
                        .map(name -> byName.apply(name)
                                .orElseThrow(
                                        () -> new ParameterException(spec.commandLine(), "no " + what + " " + name)))
                        .toList();
    }

    private Path peers() {
        if (peers != null) {
            return peers;
        }
        Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        return jar.resolveSibling("..").resolve("compare").normalize();
    }
}

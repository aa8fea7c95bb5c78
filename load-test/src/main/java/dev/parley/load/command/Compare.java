package dev.parley.load.command;

import dev.parley.load.compare.Comparison;
import dev.parley.load.compare.Measure;
import dev.parley.load.compare.Processors;
import dev.parley.load.compare.ServerKind;
import dev.parley.load.compare.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
            "relate. Visitors have four tabs: one types single characters, the others get them. Needs Linux and taskset.",
            "Exits with 0 if every operation was acknowledged and delivered exactly once and in order, and with 1 if not."
        })
final class Compare implements Callable<Integer> {
    /** How the command tells itself that it runs where it should. */
    private static final String PLACED = "parley.load.placed";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--servers", split = ",", description = "Which of those below.")
    private List<String> servers = List.of("parley", "netty");

    @Option(
            names = "--shape",
            split = ",",
            description = "Conversations. With 200 what is written coalesces, with 2500 it cannot.")
    private List<Integer> shapes = List.of(200, 2_500);

    @Option(names = "--measure", split = ",", description = "Which of those below.")
    private List<String> measures = List.of("closed", "saturation");

    @Option(names = "--rounds", description = "How often everything is measured; medians need five.")
    private int rounds = 5;

    @Option(names = "--quick", description = "One round with short windows.")
    private boolean isQuick;

    @Option(names = "--gateway-jar", description = "Parley.")
    private Path gatewayJar = Path.of("gateway", "target", "parley.jar");

    @Option(names = "--gateway-option", description = "For Parley, such as --cache-bytes=1000000.")
    private List<String> gatewayOptions = List.of();

    @Option(
            names = "--acknowledge-millis",
            description = "How long after an entry a tab of Parley says that it has it.")
    private int acknowledgeMillis = 1_000;

    @Option(names = "--server-processor")
    private int serverProcessor;

    @Option(names = "--generator-processor")
    private int generatorProcessor = 1;

    @Option(names = "--seed", description = "Of all that is random; printed if not given.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (System.getProperty(PLACED) == null) {
            return runPlaced();
        }
        // Who ends the command ends what it started.
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(1)));
        PrintWriter out = spec.commandLine().getOut();
        Comparison.Plan plan = plan();
        out.println("--seed=" + plan.seed());
        return new Comparison(plan, out).run() ? 0 : LoadMain.VIOLATED;
    }

    /** The same command again, on the processor of the generator. */
    private int runPlaced() throws IOException, InterruptedException {
        plan();
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
        List<ServerKind> kinds = servers.stream()
                .map(name -> ServerKind.of(name).orElseThrow(() -> unknown("server", name)))
                .toList();
        List<Measure> wanted = measures.stream()
                .map(name -> Measure.of(name).orElseThrow(() -> unknown("measure", name)))
                .toList();
        return new Comparison.Plan(
                kinds,
                shapes.stream().map(Shape::new).toList(),
                wanted,
                isQuick ? 1 : rounds,
                isQuick,
                seed != null ? seed : new SecureRandom().nextInt(1_000_000_000),
                gatewayJar,
                gatewayOptions,
                acknowledgeMillis,
                new Processors(serverProcessor, generatorProcessor));
    }

    private ParameterException unknown(String what, String name) {
        return new ParameterException(spec.commandLine(), "no " + what + " " + name);
    }
}

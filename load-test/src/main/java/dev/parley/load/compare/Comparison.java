package dev.parley.load.compare;

import dev.parley.load.OpenFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Servers in turn, round after round, so that what changes on the machine meets all of them. For the thread that measures. */
public final class Comparison {
    private static final String WINDOWS = "windows.jsonl";
    private static final String TABLE = "table.md";
    private static final String PLOT = "plot.svg";

    private final Plan plan;
    private final PrintWriter out;
    private final PrintWriter raw;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private boolean isRight = true;

    /**
     * What is compared, and how long it is looked at.
     *
     * @param rates of the measure of latency, in operations a second
     * @param idleConnections how many connections there are when their memory is looked at
     * @param results the folder for what is found
     */
    public record Plan(
            List<ServerKind> servers,
            List<Shape> shapes,
            List<Measure> measures,
            List<Integer> rates,
            List<Integer> idleConnections,
            int rounds,
            Pace pace,
            long seed,
            Path gatewayJar,
            List<String> gatewayOptions,
            int acknowledgeMillis,
            Path peers,
            Processors processors,
            Path results) {
        public Plan {
            servers = List.copyOf(servers);
            shapes = List.copyOf(shapes);
            measures = List.copyOf(measures);
            rates = List.copyOf(rates);
            idleConnections = List.copyOf(idleConnections);
            gatewayOptions = List.copyOf(gatewayOptions);
        }
    }

    private Comparison(Plan plan, PrintWriter out, PrintWriter raw) {
        this.plan = plan;
        this.out = out;
        this.raw = raw;
    }

    /** Whether nothing was wrong with any delivery. */
    public static boolean run(Plan plan, PrintWriter out) throws IOException, InterruptedException {
        Files.createDirectories(plan.results());
        Path windows = plan.results().resolve(WINDOWS);
        try (PrintWriter raw = new PrintWriter(Files.newBufferedWriter(windows, StandardCharsets.UTF_8))) {
            return new Comparison(plan, out, raw).run();
        }
    }

    private boolean run() throws IOException, InterruptedException {
        List<Shape> shapes = plan.shapes().stream()
                .filter(shape -> isPossible(shape.connections()))
                .toList();
        List<Integer> idle = plan.measures().contains(Measure.IDLE)
                ? plan.idleConnections().stream().filter(this::isPossible).toList()
                : List.of();
        Stand.Yard yard = new Stand.Yard(
                plan.gatewayJar(), plan.gatewayOptions(), plan.acknowledgeMillis(), plan.peers(), plan.processors());
        Measurement measurement = new Measurement(yard, plan.pace(), plan.rates(), idle, plan.seed(), this::seen);
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Measure measure : plan.measures()) {
                for (Shape shape : measure.isShaped() ? shapes : List.of(new Shape(0))) {
                    for (ServerKind server : plan.servers()) {
                        if (measure.isFor(server)) {
                            take(measurement, measure, server, shape, round);
                        }
                    }
                }
            }
            conclude();
        }
        out.println();
        out.print(Files.readString(plan.results().resolve(TABLE)));
        for (String file : List.of(TABLE, PLOT, WINDOWS)) {
            out.println(plan.results().resolve(file).toAbsolutePath().normalize());
        }
        out.flush();
        return isRight;
    }

    private boolean isPossible(int connections) {
        long most = OpenFiles.connectionsMax();
        if (connections <= most) {
            return true;
        }
        leftOut.add(String.format(
                Locale.ROOT, "%,d connections: this process may have %,d (ulimit -n)", connections, most));
        return false;
    }

    /** A server that cannot be measured does not keep the others from it. */
    private void take(Measurement measurement, Measure measure, ServerKind server, Shape shape, int round)
            throws IOException, InterruptedException {
        try {
            samples.addAll(measurement.take(measure, server, shape, round));
        } catch (IllegalStateException e) {
            leftOut.add(server.label() + ", " + measure.label() + ", round " + round + ": " + e.getMessage());
            out.println("LEFT OUT " + leftOut.get(leftOut.size() - 1));
            out.flush();
            isRight &= !server.isParley();
        }
    }

    private void seen(String forPeople, String json, boolean isWindowRight) {
        isRight &= isWindowRight;
        out.println(forPeople);
        out.flush();
        if (!json.isEmpty()) {
            raw.println(json);
            raw.flush();
        }
    }

    /** What can be said so far: a run that is ended has its rounds. */
    private void conclude() throws IOException {
        Report report = new Report(plan.servers(), samples);
        StringBuilder table = new StringBuilder(report.markdown());
        if (!leftOut.isEmpty()) {
            table.append("\nLeft out:\n\n");
            leftOut.forEach(each -> table.append("- ").append(each).append('\n'));
        }
        Files.writeString(plan.results().resolve(TABLE), table, StandardCharsets.UTF_8);
        Files.writeString(plan.results().resolve(PLOT), Plot.of(report), StandardCharsets.UTF_8);
    }
}

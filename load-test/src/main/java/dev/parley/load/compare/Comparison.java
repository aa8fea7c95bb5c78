package dev.parley.load.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Servers in turn, round after round, so that what changes on the machine meets all of them. For the thread that measures. */
public final class Comparison {
    private final Plan plan;
    private final PrintWriter out;
    private final Measurement measurement;
    private final List<Window> concluded = new ArrayList<>();
    private boolean isRight = true;

    /** What is compared, and how long it is looked at. */
    public record Plan(
            List<ServerKind> servers,
            List<Shape> shapes,
            List<Measure> measures,
            int rounds,
            boolean isQuick,
            long seed,
            Path gatewayJar,
            List<String> gatewayOptions,
            int acknowledgeMillis,
            Processors processors) {
        public Plan {
            servers = List.copyOf(servers);
            shapes = List.copyOf(shapes);
            measures = List.copyOf(measures);
            gatewayOptions = List.copyOf(gatewayOptions);
        }
    }

    public Comparison(Plan plan, PrintWriter out) {
        this.plan = plan;
        this.out = out;
        Stand.Yard yard =
                new Stand.Yard(plan.gatewayJar(), plan.gatewayOptions(), plan.acknowledgeMillis(), plan.processors());
        measurement = new Measurement(
                yard, plan.isQuick() ? Measurement.Pace.QUICK : Measurement.Pace.FULL, plan.seed(), this::seen);
    }

    private void seen(Window window) {
        isRight &= window.violations() == 0;
        out.println(window.line());
        out.flush();
    }

    /** Whether nothing was wrong. */
    public boolean run() throws IOException, InterruptedException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Measure measure : plan.measures()) {
                for (Shape shape : plan.shapes()) {
                    for (ServerKind server : plan.servers()) {
                        concluded.addAll(measurement.take(measure, server, shape, round));
                    }
                }
            }
        }
        return isRight;
    }
}

package dev.parley.load.gatling;

import io.gatling.commons.stats.KO$;
import io.gatling.commons.stats.OK$;
import io.gatling.core.CoreComponents;
import io.gatling.core.session.Session;
import java.util.concurrent.TimeUnit;
import scala.Option;

/** Tells Gatling what a virtual user's step took, beside the run's own figures. On the clients' loop. */
final class Reporter {
    private final CoreComponents gatling;
    private final Session session;
    private final StepFigures figures;

    Reporter(CoreComponents gatling, Session session, StepFigures figures) {
        this.gatling = gatling;
        this.session = session;
        this.figures = figures;
    }

    /** It was due, began, and is over now. */
    void passed(Step step, long dueNanos, long beganNanos, long nowNanos) {
        long endMillis = gatling.clock().nowMillis();
        long millis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - beganNanos));
        figures.passed(step, dueNanos, millis, nowNanos);
        gatling.statsEngine()
                .logResponse(
                        session.scenario(),
                        session.groups(),
                        step.label(),
                        endMillis - millis,
                        endMillis,
                        OK$.MODULE$,
                        Option.empty(),
                        Option.empty());
    }

    void failed(Step step, long beganNanos, long nowNanos, String why) {
        long endMillis = gatling.clock().nowMillis();
        figures.failed(step);
        gatling.statsEngine()
                .logResponse(
                        session.scenario(),
                        session.groups(),
                        step.label(),
                        endMillis - Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - beganNanos)),
                        endMillis,
                        KO$.MODULE$,
                        Option.empty(),
                        Option.apply(why));
    }
}

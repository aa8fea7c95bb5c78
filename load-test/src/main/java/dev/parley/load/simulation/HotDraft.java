package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.pace;
import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.Parley.tabs;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;

/** Many agents type into one draft at once. */
public final class HotDraft extends Simulation {
    public HotDraft() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double keysPerSecond = plan.perSecond(5);
        int keys = (int) Math.max(1, plan.seconds(30) * keysPerSecond);
        ChainBuilder writing = exec(parley("writer").type(pace(keys, keysPerSecond)))
                .exec(parley("writer").expectDelivery());
        setUp(scenario("visitor")
                        .exec(parley("visitor").open(tabs(1)))
                        .exec(parley("opener").join("visitor"))
                        .exec(parley("opener").type(pace(1, 1)))
                        .exec(parley("opener").expectDelivery())
                        .injectOpen(atOnceUsers(1))
                        .andThen(scenario("writers in one draft")
                                .exec(parley("writer").joinFirst())
                                .exec(parley("writer").expectDraft())
                                .exec(writing)
                                .injectOpen(atOnceUsers(plan.users(50)))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

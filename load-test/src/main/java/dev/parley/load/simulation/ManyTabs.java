package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.pace;
import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.Simulation;

/** Visitors with several tabs each: what is typed in one is saved, and shown in the others. */
public final class ManyTabs extends Simulation {
    public ManyTabs() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double keysPerSecond = plan.perSecond(5);
        int seconds = plan.seconds(30);
        setUp(scenario("visitors with many tabs")
                        .exec(parley("visitor").open(plan.tabs(4)))
                        .exec(parley("visitor").send("Hello, where is my order? "))
                        .exec(parley("visitor").type(pace((int) Math.max(1, seconds * keysPerSecond), keysPerSecond)))
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(rampUsers(plan.users(100)).during(Math.max(1, seconds / 3))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.pace;
import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.rendezVous;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;

/** All connections break at once, and all come back as fast as they are let. */
public final class ReconnectStorm extends Simulation {
    public ReconnectStorm() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        int users = plan.users(100);
        double keysPerSecond = plan.perSecond(2);
        int seconds = plan.seconds(10);
        ChainBuilder typing =
                exec(parley("visitor").type(pace((int) Math.max(1, seconds * keysPerSecond), keysPerSecond)));
        setUp(scenario("visitors in a storm")
                        .exec(parley("visitor").open(plan.tabs(4)))
                        .exec(parley("visitor").send("The train enters a tunnel. "))
                        .exec(typing)
                        .exec(rendezVous(users))
                        .exec(parley("visitor").cut())
                        .exec(typing)
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(rampUsers(users).during(Math.max(1, seconds / 3))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

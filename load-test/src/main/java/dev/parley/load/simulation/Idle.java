package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** Connections that say nothing but heartbeats: what each of them holds in the memory of the gateway. */
public final class Idle extends Simulation {
    public Idle() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        int seconds = plan.seconds(60);
        setUp(scenario("visitors who are just there")
                        .exec(parley("visitor").open(plan.tabs(4)))
                        .pause(Duration.ofSeconds(seconds))
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(rampUsers(plan.users(250)).during(Math.max(1, seconds / 3))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** A tab goes offline, its user goes on writing, and hundreds of submissions are flushed at once on landing. */
public final class AirplaneMode extends Simulation {
    private static final int WRITTEN_OFFLINE = 300;

    public AirplaneMode() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        setUp(scenario("visitors on a plane")
                        .exec(parley("visitor").open(plan.tabs(2)))
                        .exec(parley("visitor").send("We are about to take off. "))
                        .exec(parley("visitor").expectDelivery())
                        .exec(parley("visitor").goOffline())
                        .exec(repeat(WRITTEN_OFFLINE).on(exec(parley("visitor").send("Above the clouds. "))))
                        .exec(parley("visitor").edit())
                        .pause(Duration.ofSeconds(plan.seconds(5)))
                        .exec(parley("visitor").resume())
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(atOnceUsers(plan.users(10))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

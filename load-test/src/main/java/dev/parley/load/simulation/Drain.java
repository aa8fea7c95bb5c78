package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.rendezVous;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/**
 * Of two gateways one is drained under load: its visitors move to the other when they are told, and agents who are at the other
 * already notice nothing.
 */
public final class Drain extends Simulation {
    private static final int ONE_AGENT_IN = 10;
    private static final int DRAINED = 0;
    private static final int OTHER = 1;

    public Drain() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        int users = plan.users(100);
        double perSecond = plan.perSecond(1);
        int seconds = plan.seconds(20);
        Duration interval = Duration.ofNanos((long) (1e9 / perSecond));
        setUp(scenario("visitors of a gateway that is drained")
                        .exec(parley("visitor").at(DRAINED).open(plan.tabs(4)))
                        .exec(withAgent(exec(parley("agent").at(OTHER).join("visitor"))))
                        .exec(parley("visitor").send("Do you hear me? "))
                        .exec(parley("visitor").expectDelivery())
                        .exec(rendezVous(users))
                        .exec(parley("visitor").drain(DRAINED, seconds))
                        .exitHereIfFailed()
                        .pause(Duration.ZERO, interval) // or all would write at the same moments
                        .exec(repeat((int) Math.max(1, seconds * perSecond))
                                .on(exec(parley("visitor").edit())
                                        .exec(withAgent(exec(parley("agent").send("I do. "))))
                                        .pause(interval)))
                        .exec(parley("visitor").expectMove())
                        .exec(parley("visitor").expectDelivery())
                        .exec(withAgent(exec(parley("agent").expectDelivery())
                                .exec(parley("agent").expectUndisturbed())))
                        .injectOpen(rampUsers(users).during(Math.max(1, seconds / 3))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }

    private static ChainBuilder withAgent(ChainBuilder chain) {
        return doIf(session -> session.userId() % ONE_AGENT_IN == 0).then(chain);
    }
}

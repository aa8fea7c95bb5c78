package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.pace;
import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** Two gateways on one Redis: the tabs of a visitor and their agent are at one or the other, and all write. */
public final class TwoNodes extends Simulation {
    public TwoNodes() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double perSecond = plan.perSecond(3);
        int seconds = plan.seconds(30);
        int count = (int) Math.max(1, seconds * perSecond / 2);
        setUp(scenario("conversations over two gateways")
                        .exec(parley("visitor").open(plan.tabs(4)))
                        .exec(parley("agent").join("visitor"))
                        .exec(repeat(count)
                                .on(exec(parley("visitor").send("Hello from one of my tabs. "))
                                        .exec(parley("agent").send("Hello from the desk. "))
                                        .pause(Duration.ofNanos((long) (1e9 / perSecond)))))
                        .exec(parley("visitor").type(pace(count, perSecond)))
                        .exec(parley("agent").expectDelivery())
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(rampUsers(plan.users(20)).during(Math.max(1, seconds / 3))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

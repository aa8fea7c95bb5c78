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
import java.time.Duration;

/** An assistant streams an answer into a draft until an agent takes over and goes on typing. */
public final class AssistantStream extends Simulation {
    public AssistantStream() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double tokensPerSecond = plan.perSecond(20);
        int seconds = plan.seconds(20);
        int tokens = (int) Math.max(2, seconds * tokensPerSecond);
        setUp(scenario("an assistant and who takes over")
                        .exec(parley("visitor").open(plan.tabs(2)))
                        .exec(parley("agent").join("visitor"))
                        .exec(parley("assistant").assist("visitor"))
                        .exec(parley("visitor").send("How do I return this? "))
                        .exec(parley("assistant").stream(pace(tokens, tokensPerSecond)))
                        .pause(Duration.ofMillis(seconds * 500L))
                        .exec(parley("agent").takeOver())
                        .exec(parley("agent").type(pace(10, 10)))
                        .exec(parley("agent").expectDelivery())
                        .exec(parley("assistant").expectDelivery())
                        .exec(parley("visitor").expectDelivery())
                        .injectOpen(rampUsers(plan.users(20)).during(Math.max(1, seconds / 4))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

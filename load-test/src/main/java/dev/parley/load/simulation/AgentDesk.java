package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.conversations;
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

/** One agent answers in fifty conversations at once. */
public final class AgentDesk extends Simulation {
    private static final int CONVERSATIONS = 50;

    public AgentDesk() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        int agents = plan.users(2);
        double perSecond = plan.perSecond(10);
        int answers = (int) Math.max(1, plan.seconds(30) * perSecond);
        Duration pause = Duration.ofNanos((long) (1e9 / perSecond));
        int questions = Math.max(1, answers / CONVERSATIONS);
        setUp(
                        scenario("visitors")
                                .exec(parley("visitor").open(plan.tabs(2)))
                                .exec(repeat(questions)
                                        .on(exec(parley("visitor").send("Is it there yet? "))
                                                .pause(pause.multipliedBy(CONVERSATIONS))))
                                .exec(parley("visitor").expectDelivery())
                                .injectOpen(atOnceUsers(agents * CONVERSATIONS)),
                        scenario("agents with many conversations")
                                .exec(parley("agent").take(conversations(CONVERSATIONS)))
                                .exec(repeat(answers)
                                        .on(exec(parley("agent").send("Let me look. "))
                                                .pause(pause)))
                                .exec(parley("agent").expectDelivery())
                                .injectOpen(atOnceUsers(agents)))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

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

/** Agents come back to conversations in which ten thousand entries were written while they were away. */
public final class LongAbsence extends Simulation {
    private static final int ENTRIES = 10_000;
    private static final int MESSAGES = 50;

    public LongAbsence() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double keysPerSecond = plan.perSecond(100);
        int keys = (int) Math.max(1, plan.seconds((int) (ENTRIES / keysPerSecond)) * keysPerSecond);
        setUp(scenario("agents who were away for long")
                        .exec(parley("visitor").open(plan.tabs(1)))
                        .exec(parley("visitor").send("I shall write a lot. "))
                        .exec(parley("agent").join("visitor"))
                        .exec(parley("agent").goOffline())
                        .exec(repeat(MESSAGES)
                                .on(exec(parley("visitor").send("And another thing: "))
                                        .exec(parley("visitor")
                                                .type(pace(Math.max(1, keys / MESSAGES), keysPerSecond)))))
                        .exec(parley("visitor").expectDelivery())
                        .exec(parley("agent").resume())
                        .exec(parley("agent").send("I have read all of it. "))
                        .exec(parley("agent").expectDelivery())
                        .injectOpen(rampUsers(plan.users(10)).during(10)))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

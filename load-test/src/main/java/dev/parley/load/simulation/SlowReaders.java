package dev.parley.load.simulation;

import static dev.parley.load.gatling.Parley.pace;
import static dev.parley.load.gatling.Parley.parley;
import static dev.parley.load.gatling.ParleyProtocol.parleyProtocol;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.parley.load.gatling.ParleyProtocol;
import dev.parley.load.gatling.Plan;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** One in a hundred stops reading for a minute while its agent goes on writing, and the others notice nothing. */
public final class SlowReaders extends Simulation {
    private static final int ONE_IN = 100;
    /** So much that what is not read fills the buffers on the way, and the gateway notices. */
    private static final String LONG_TEXT = "你还在那里吗？ ".repeat(2_000);

    public SlowReaders() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double keysPerSecond = plan.perSecond(5);
        int seconds = plan.seconds(60);
        int keys = (int) Math.max(1, seconds * keysPerSecond);
        int users = plan.users(100);
        int slow = Math.max(1, users / ONE_IN);
        setUp(
                        scenario("readers that stop to read")
                                .exec(parley("visitor").open(plan.tabs(2)))
                                .exec(parley("agent").join("visitor"))
                                .exec(parley("visitor").stopReading())
                                .exec(repeat(keys)
                                        .on(exec(parley("agent").send(LONG_TEXT))
                                                .pause(Duration.ofNanos((long) (1e9 / keysPerSecond)))))
                                .exec(parley("agent").expectDelivery())
                                .exec(parley("visitor").readOn())
                                .exec(parley("visitor").send("Here I am again. "))
                                .exec(parley("visitor").expectDelivery())
                                .injectOpen(atOnceUsers(slow)),
                        scenario("readers that read on")
                                .exec(parley("visitor").open(plan.tabs(2)))
                                .exec(parley("visitor").send("Hello. "))
                                .exec(parley("visitor").type(pace(keys, keysPerSecond)))
                                .exec(parley("visitor").expectDelivery())
                                .injectOpen(rampUsers(Math.max(1, users - slow)).during(Math.max(1, seconds / 6))))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

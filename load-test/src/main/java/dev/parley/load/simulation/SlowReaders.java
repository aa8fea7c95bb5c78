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
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/**
 * One in a hundred stops reading for a minute while its agent goes on writing, and the others notice nothing: the minutes before
 * and after, in which all read, are what to compare with.
 */
public final class SlowReaders extends Simulation {
    private static final int ONE_IN = 100;
    private static final String QUESTION = "你还在那里吗？ ";
    /** So many that what is not read fills the buffers on the way, and the gateway notices. */
    private static final int QUESTIONS = 600_000;

    private static final int QUESTIONS_IN_TEXT_MAX = 2_000;

    public SlowReaders() {
        ParleyProtocol parley = parleyProtocol();
        Plan plan = parley.plan();
        double keysPerSecond = plan.perSecond(5);
        int seconds = plan.seconds(60);
        int keys = (int) Math.max(1, seconds * keysPerSecond);
        int users = plan.users(100);
        int slow = Math.max(1, users / ONE_IN);
        int rampSeconds = Math.max(1, seconds / 6);
        String text = QUESTION.repeat(Math.min(QUESTIONS_IN_TEXT_MAX, Math.max(1, QUESTIONS / keys)));
        ChainBuilder writing = repeat(keys)
                .on(exec(parley("agent").rewrite(text)).pause(Duration.ofNanos((long) (1e9 / keysPerSecond))));
        setUp(
                        scenario("readers that stop to read")
                                .exec(parley("visitor").open(plan.tabs(2)))
                                .exec(parley("agent").join("visitor"))
                                .pause(Duration.ofSeconds(2L * rampSeconds))
                                .exec(parley("agent").stretch("while all read"))
                                .exec(writing)
                                .exec(parley("agent").stretch("while some stand still"))
                                .exec(parley("visitor").stopReading())
                                .exec(writing)
                                .exec(parley("agent").expectDelivery())
                                .exec(parley("agent").stretch("while all read again"))
                                .exec(parley("visitor").readOn())
                                .exec(parley("visitor").expectRead("agent"))
                                .exec(parley("visitor").send("Here I am again. "))
                                .exec(writing)
                                .exec(parley("agent").stretch("at the end"))
                                .exec(parley("visitor").expectDelivery())
                                .injectOpen(atOnceUsers(slow)),
                        scenario("readers that read on")
                                .exec(parley("visitor").open(plan.tabs(2)))
                                .exec(parley("visitor").send("Hello. "))
                                .exec(parley("visitor")
                                        .type(pace(
                                                (int) ((3 * seconds + 2 * rampSeconds) * keysPerSecond),
                                                keysPerSecond)))
                                .exec(parley("visitor").expectDelivery())
                                .injectOpen(rampUsers(Math.max(1, users - slow)).during(rampSeconds)))
                .protocols(parley)
                .assertions(global().failedRequests().count().is(0L));
    }
}

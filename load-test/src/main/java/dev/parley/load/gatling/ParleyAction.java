package dev.parley.load.gatling;

import com.typesafe.scalalogging.Logger;
import dev.parley.conversation.Role;
import io.gatling.core.action.Action;
import io.gatling.core.session.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A step of a scenario. Begins on one of Gatling's event loops, is done on the clients' loop, and goes on where it began. */
final class ParleyAction implements Action {
    private static final Logger LOGGER = Logger.apply(LoggerFactory.getLogger(ParleyAction.class));

    private final ParleyProtocol.Components components;
    private final String who;
    private final @Nullable Role comesAs;
    private final @Nullable Integer home;
    private final String name;
    private final Deed deed;
    private final Action next;

    interface Deed {
        void begin(Person person, Cast others, Outcome outcome);
    }

    /** The others whom the same virtual user plays. */
    interface Cast {
        @Nullable Person person(String name);
    }

    /**
     * {@code comesAs} is the role of somebody who was not there before, null if they have to be; {@code home} their gateway, null
     * if their tabs take them in turn.
     */
    ParleyAction(
            ParleyProtocol.Components components,
            String who,
            @Nullable Role comesAs,
            @Nullable Integer home,
            String name,
            Deed deed,
            Action next) {
        this.components = components;
        this.who = who;
        this.comesAs = comesAs;
        this.home = home;
        this.name = name;
        this.deed = deed;
        this.next = next;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void execute(Session session) {
        components.run().loop().execute(() -> begin(session));
    }

    private void begin(Session session) {
        Session played = session;
        try {
            Person person = person(session, who);
            if (person == null && comesAs != null) {
                person = components.run().person(components.gatling(), session, who, comesAs, home);
                played = session.set(key(who), person);
            }
            Session after = played;
            if (person == null) {
                fail(after, "nobody is called " + who);
            } else {
                deed.begin(person, other -> person(after, other), new Outcome() {
                    @Override
                    public void done() {
                        next.$bang(after);
                    }

                    @Override
                    public void failed(String why) {
                        next.$bang(after.markAsFailed());
                    }
                });
            }
        } catch (RuntimeException e) {
            fail(played, e.toString());
        }
    }

    private void fail(Session session, String why) {
        components.gatling().statsEngine().logRequestCrash(session.scenario(), session.groups(), name, why);
        next.$bang(session.markAsFailed());
    }

    private static String key(String name) {
        return "parley/" + name;
    }

    private static @Nullable Person person(Session session, String name) {
        return new io.gatling.javaapi.core.Session(session).get(key(name));
    }

    @Override
    public Logger logger() {
        return LOGGER;
    }

    /** Asked for by Scala's trait; the logger is the class's. */
    @Override
    @SuppressWarnings("checkstyle:MethodName")
    public void com$typesafe$scalalogging$StrictLogging$_setter_$logger_$eq(Logger logger) {}
}

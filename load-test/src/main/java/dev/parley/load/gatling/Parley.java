package dev.parley.load.gatling;

import dev.parley.conversation.Role;
import io.gatling.javaapi.core.ActionBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody does in a scenario: {@code exec(parley("visitor").open(tabs(4)))}. A virtual user may play several people,
 * told apart by their names, each with their own connections. For any thread.
 *
 * <p>Steps go on as soon as they can: {@code send} and {@code type} do not wait for answers, {@code expectDelivery} does.
 */
public final class Parley {
    private final String who;
    private final @Nullable Integer home;

    private Parley(String who, @Nullable Integer home) {
        this.who = who;
        this.home = home;
    }

    public static Parley parley(String who) {
        return new Parley(who, null);
    }

    /** Who comes does so with all their tabs to this gateway of the run, the first being 0, and not to all in turn. */
    public Parley at(int gateway) {
        return new Parley(who, gateway);
    }

    public static Tabs tabs(int count) {
        return new Tabs(count);
    }

    public static Conversations conversations(int count) {
        return new Conversations(count);
    }

    public static Pace pace(int count, double perSecond) {
        return new Pace(count, perSecond);
    }

    /** Comes as a visitor, and begins a conversation that all these tabs show. */
    public ActionBuilder open(Tabs tabs) {
        return comes(Role.VISITOR, "open", (person, others, outcome) -> person.open(tabs.count(), outcome));
    }

    /** Comes as an agent, and holds so many conversations that no other agent has taken, once there are. */
    public ActionBuilder take(Conversations conversations) {
        return comes(Role.AGENT, "take", (person, others, outcome) -> person.take(conversations.count(), outcome));
    }

    /** Comes as an agent to the conversation of somebody whom the same virtual user plays. */
    public ActionBuilder join(String whose) {
        return comes(Role.AGENT, "join", joining(whose));
    }

    /** Comes as an agent to the first conversation of the run. */
    public ActionBuilder joinFirst() {
        return comes(
                Role.AGENT, "join", (person, others, outcome) -> person.hold(List.of(person.firstOfAll()), outcome));
    }

    /** Comes as an assistant to the conversation of somebody whom the same virtual user plays. */
    public ActionBuilder assist(String whose) {
        return comes(Role.ASSISTANT, "assist", joining(whose));
    }

    private static ParleyAction.Deed joining(String whose) {
        return (person, others, outcome) ->
                person.hold(List.of(other(others, whose).conversation()), outcome);
    }

    private static Person other(ParleyAction.Cast others, String name) {
        Person other = others.person(name);
        if (other == null) {
            throw new IllegalStateException("nobody is called " + name);
        }
        return other;
    }

    /** Sends a message, from the next tab or to the next conversation. */
    public ActionBuilder send(String text) {
        return does("send", person -> person.send(text));
    }

    /** Writes another text in place of what they wrote last. */
    public ActionBuilder rewrite(String text) {
        return does("rewrite", person -> person.rewrite(text));
    }

    /** Types one character into what was written last in the first tab. */
    public ActionBuilder edit() {
        return type(pace(1, 1_000));
    }

    /** Types into what was written last in the first tab, or as staff into the draft that all share. */
    public ActionBuilder type(Pace keys) {
        return waits("type", (person, outcome) -> person.type(keys, outcome));
    }

    /** Until a draft is there to type in. */
    public ActionBuilder expectDraft() {
        return waits("expect draft", Person::expectDraft);
    }

    /** Until all that was submitted is saved and shown in all tabs. */
    public ActionBuilder expectDelivery() {
        return waits("expect delivery", Person::expectDelivery);
    }

    /** Until all tabs have read what is there for somebody whom the same virtual user plays. */
    public ActionBuilder expectRead(String whose) {
        return action(
                null,
                "expect read",
                (person, others, outcome) ->
                        person.expectRevision(other(others, whose).revision(), outcome));
    }

    /** Breaks all connections without a word; what is submitted until {@link #resume} waits in the outboxes. */
    public ActionBuilder goOffline() {
        return does("go offline", Person::goOffline);
    }

    /** Connects again, and goes on when all is caught up. */
    public ActionBuilder resume() {
        return waits("resume", Person::resume);
    }

    /** Breaks all connections, which come back at once by themselves, and goes on when all are back. */
    public ActionBuilder cut() {
        return waits("cut", (person, outcome) -> {
            person.cut();
            person.expectOpen(outcome);
        });
    }

    /**
     * Has a gateway of the run send everybody away within so many seconds, each at a moment of their own: they come back to
     * another one. Who asks again finds it done.
     */
    public ActionBuilder drain(int gateway, int seconds) {
        return waits("drain", (person, outcome) -> person.drain(gateway, seconds, outcome));
    }

    /**
     * Until all connections were sent away and are back. Fails if one was not back when the gateway wanted everybody gone, or
     * ended more than once.
     */
    public ActionBuilder expectMove() {
        return waits("expect move", Person::expectMove);
    }

    /**
     * What steps take from now on is told under that name, with what of the heap of gateways that were started is in use when it
     * begins. Who says the same name again changes nothing.
     */
    public ActionBuilder stretch(String name) {
        return waits("stretch", (person, outcome) -> person.stretch(name, outcome));
    }

    /** Fails if a connection has ended. */
    public ActionBuilder expectUndisturbed() {
        return waits("expect undisturbed", Person::expectUndisturbed);
    }

    /** Takes nothing from the connections until {@link #readOn}, as a screen does that was put to sleep. */
    public ActionBuilder stopReading() {
        return does("stop reading", Person::stopReading);
    }

    public ActionBuilder readOn() {
        return does("read on", Person::readOn);
    }

    /** As an assistant, writes into a draft of its own until all is written or a human takes over. Does not wait for that. */
    public ActionBuilder stream(Pace tokens) {
        return does("stream", person -> person.stream(tokens));
    }

    /** Takes the draft from the assistant that writes into it. */
    public ActionBuilder takeOver() {
        return waits("take over", Person::takeOver);
    }

    private interface Does {
        void on(Person person);
    }

    private interface Waits {
        void on(Person person, Outcome outcome);
    }

    private ActionBuilder does(String name, Does does) {
        return waits(name, (person, outcome) -> {
            does.on(person);
            outcome.done();
        });
    }

    private ActionBuilder waits(String name, Waits waits) {
        return action(null, name, (person, others, outcome) -> waits.on(person, outcome));
    }

    private ActionBuilder comes(Role role, String name, ParleyAction.Deed deed) {
        return action(role, name, deed);
    }

    private ActionBuilder action(@Nullable Role comesAs, String name, ParleyAction.Deed deed) {
        return () -> (context, next) -> new ParleyAction(
                context.protocolComponentsRegistry().components(ParleyProtocol.KEY),
                who,
                comesAs,
                home,
                who + ": " + name,
                deed,
                next);
    }
}

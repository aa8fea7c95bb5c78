package dev.parley.load.check;

import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.RejectCode;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one replica did and was told, in order. {@code client} is a name for people; {@code conversation} is known once the
 * gateway has told it.
 */
public final class History {
    private final String client;
    private final String subject;
    private final Role role;
    private final String outbox;
    private final List<Event> events = new ArrayList<>();
    private String conversation = "";

    public History(String client, String subject, Role role, String outbox) {
        this.client = client;
        this.subject = subject;
        this.role = role;
        this.outbox = outbox;
    }

    public sealed interface Event {
        /** The submission was made; it counts from here on, whatever the network does. */
        record Invoked(SubmissionKey submission) implements Event {}

        /** Own entry received, or answered as accepted. */
        record Accepted(SubmissionKey submission, long revision) implements Event {}

        record Rejected(SubmissionKey submission, RejectCode code) implements Event {}

        record Faulted(SubmissionKey submission, OutboxFaultCode code) implements Event {}

        /** Entries applied on top of what the replica had. */
        record Received(long from, Position to, List<Delivery> entries) implements Event {}

        /** Blocks put in place of what the replica had, and the canonical text of the state after it. */
        record Replaced(Position position, boolean holdsStaffBlocks, String canonicalText) implements Event {}

        record Failed(String what) implements Event {}

        /** The replica at the end of the run. */
        record Ended(Position position, int pending, String canonicalText) implements Event {}
    }

    public void opened(String as) {
        conversation = as;
    }

    public void add(Event event) {
        events.add(event);
    }

    public String client() {
        return client;
    }

    public String subject() {
        return subject;
    }

    public Role role() {
        return role;
    }

    public View view() {
        return role == Role.VISITOR ? View.PUBLIC : View.STAFF;
    }

    public String outbox() {
        return outbox;
    }

    public String conversation() {
        return conversation;
    }

    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }
}

package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.wire.v1.Operation;
import dev.parley.wire.v1.ServerFrame;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody with one conversation open on a raw socket, and an outbox. Blocking, for one thread. */
final class RawPerson implements AutoCloseable {
    private static final AtomicInteger OUTBOXES = new AtomicInteger();

    private final Role role;
    private final String subject;
    private final RawChat chat;
    private final String outbox = "outbox" + OUTBOXES.getAndIncrement();
    private long seq;
    private int blocks;

    RawPerson(Role role, String subject, RawChat chat) {
        this.role = role;
        this.subject = subject;
        this.chat = chat;
    }

    Role role() {
        return role;
    }

    String subject() {
        return subject;
    }

    RawChat chat() {
        return chat;
    }

    String nextBlock() {
        return outbox + "." + ++blocks;
    }

    /** The answer, or the entries with its own among them. */
    ServerFrame submits(Operation... operations) throws IOException {
        seq++;
        chat.submit(outbox, seq, seq, operations);
        return chat.awaitAnswerTo(outbox, seq);
    }

    /** Something that it may do; the revision of it. */
    long does(Operation... operations) throws IOException {
        ServerFrame answer = submits(operations);
        assertThat(answer.hasEntries())
                .as("%s: %s", List.of(operations), answer)
                .isTrue();
        return answer.getEntries().getTo().getRevision();
    }

    @Override
    public void close() throws IOException {
        chat.close();
    }
}

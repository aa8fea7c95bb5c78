package dev.parley.load.check;

import com.google.protobuf.ByteString;
import dev.parley.load.check.History.Event;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Position;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A short conversation in which all is well, for tests to break: a visitor writes and reads, an agent drafts, publishes and
 * tags. Revisions 3, 4 and 7 are for staff.
 */
final class SmallRun {
    static final String CONVERSATION = "c1";

    final List<Entry> log = new ArrayList<>();
    final List<Event> visitor = new ArrayList<>();
    final List<Event> agent = new ArrayList<>();

    SmallRun() throws BrokenLogException {
        log.add(entry(1, Role.VISITOR, 0, set("kind", "CHAT", false, View.PUBLIC)));
        log.add(entry(2, Role.VISITOR, 1, create("visitor.1", BlockKind.MESSAGE, "hello", View.PUBLIC)));
        log.add(entry(3, Role.AGENT, 1, create("agent.1", BlockKind.DRAFT, "hi", View.STAFF)));
        log.add(entry(4, Role.AGENT, 2, insert("agent.1", 2, " 🙂", View.STAFF)));
        log.add(entry(5, Role.AGENT, 3, reveal("agent.1", "hi 🙂")));
        log.add(entry(6, Role.VISITOR, 2, set("read/visitor", "5", true, View.PUBLIC)));
        log.add(entry(7, Role.AGENT, 4, set("tag/x", "true", false, View.STAFF)));

        visitor.add(received(View.PUBLIC, 0, 1));
        visitor.add(new Event.Invoked(key(Role.VISITOR, 1)));
        visitor.add(received(View.PUBLIC, 1, 2));
        visitor.add(new Event.Accepted(key(Role.VISITOR, 1), 2));
        visitor.add(new Event.Invoked(key(Role.VISITOR, 2)));
        visitor.add(received(View.PUBLIC, 2, 6));
        visitor.add(new Event.Accepted(key(Role.VISITOR, 2), 6));
        visitor.add(ended(View.PUBLIC, 6));

        agent.add(new Event.Replaced(position(2), false, canonicalText(2, View.STAFF)));
        for (int seq = 1; seq <= 4; seq++) {
            int revision = seq == 4 ? 7 : seq + 2;
            agent.add(new Event.Invoked(key(Role.AGENT, seq)));
            agent.add(received(View.STAFF, seq == 4 ? 5 : revision - 1, revision));
            agent.add(new Event.Accepted(key(Role.AGENT, seq), revision));
        }
        agent.add(new Event.Invoked(key(Role.AGENT, 5)));
        agent.add(new Event.Rejected(key(Role.AGENT, 5), dev.parley.wire.v1.RejectCode.FORBIDDEN));
        agent.add(ended(View.STAFF, 7));
    }

    /** The agent redacts the visitor's message, after both have read it. */
    void redact() throws BrokenLogException {
        Effect.Builder erase = Effect.newBuilder().setAudience(View.PUBLIC);
        erase.getEraseBuilder().setBlock("visitor.1");
        log.add(entry(8, Role.AGENT, 6, erase.build()));
        log.set(1, entry(2, Role.VISITOR, 1, create("visitor.1", BlockKind.MESSAGE, "█████", View.PUBLIC)));
        visitor.remove(visitor.size() - 1);
        visitor.add(received(View.PUBLIC, 6, 8));
        visitor.add(ended(View.PUBLIC, 8));
        agent.remove(agent.size() - 1);
        agent.add(new Event.Invoked(key(Role.AGENT, 6)));
        agent.add(received(View.STAFF, 7, 8));
        agent.add(new Event.Accepted(key(Role.AGENT, 6), 8));
        agent.add(ended(View.STAFF, 8));
    }

    List<Violation> check() {
        return Checker.check(
                List.of(history(Role.VISITOR, visitor), history(Role.AGENT, agent)),
                List.of(new Log(CONVERSATION, log, position(log.size()))));
    }

    List<Violation.Kind> kinds() {
        return check().stream().map(Violation::kind).distinct().toList();
    }

    private static History history(Role role, List<Event> events) {
        History history = new History(name(role) + "/tab0", name(role), role, name(role));
        history.opened(CONVERSATION);
        events.forEach(history::add);
        return history;
    }

    /** What a replica with this view gets of (from, to]. */
    Event.Received received(View view, int from, int to) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Entry entry : log.subList(from, to)) {
            Entry seen = Replay.seenBy(entry, view);
            if (seen != null) {
                deliveries.add(Delivery.of(seen));
            }
        }
        return new Event.Received(from, position(to), deliveries);
    }

    private Event.Ended ended(View view, int revision) throws BrokenLogException {
        return new Event.Ended(position(revision), 0, canonicalText(log.size(), view));
    }

    String canonicalText(int revision, View view) throws BrokenLogException {
        Replay replay = new Replay();
        for (Entry entry : log.subList(0, revision)) {
            replay.apply(entry);
        }
        return replay.canonicalText(view);
    }

    static Position position(long revision) {
        return Position.newBuilder()
                .setRevision(revision)
                .setHead(ByteString.copyFromUtf8("head" + revision))
                .build();
    }

    static SubmissionKey key(Role role, long seq) {
        return new SubmissionKey(name(role), seq, ByteString.copyFromUtf8(name(role) + seq));
    }

    /** {@code seq} 0 is for what the gateway wrote. */
    static Entry entry(long revision, Role role, long seq, Effect effect) {
        Entry.Builder entry = Entry.newBuilder()
                .setRevision(revision)
                .setTimeMillis(1_000 + revision)
                .setAuthor(Author.newBuilder().setSubject(name(role)).setRole(role))
                .addEffects(effect);
        if (seq > 0) {
            SubmissionKey key = key(role, seq);
            entry.setOutbox(key.outbox()).setSeq(seq).setContentId(key.contentId());
        }
        return entry.build();
    }

    static Effect create(String block, BlockKind kind, String text, View audience) {
        Effect.Builder effect = Effect.newBuilder().setAudience(audience);
        effect.getCreateBuilder().setBlock(block).setKind(kind).setText(text);
        return effect.build();
    }

    static Effect insert(String block, int at, String text, View audience) {
        Effect.Builder effect = Effect.newBuilder().setAudience(audience);
        effect.getEditTextBuilder().setBlock(block).setBaseLength(at);
        effect.getEditTextBuilder().getEditBuilder().addSpans(at).addSpans(0).addInserts(text);
        return effect.build();
    }

    static Effect set(String key, String value, boolean advance, View audience) {
        Effect.Builder effect = Effect.newBuilder().setAudience(audience);
        effect.getSetBuilder().setKey(key).setValue(value).setAdvance(advance);
        return effect.build();
    }

    static Effect reveal(String block, String text) {
        Effect.Builder effect = Effect.newBuilder().setAudience(View.PUBLIC);
        effect.getRevealBuilder().setBlock(block).setText(text);
        return effect.build();
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}

package dev.parley.load.gatling;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.load.CatchUp;
import dev.parley.load.Observer;
import dev.parley.load.WireClient;
import dev.parley.load.WireConversation;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import dev.parley.wire.v1.OutboxFaultCode;
import dev.parley.wire.v1.RefuseCode;
import dev.parley.wire.v1.RejectCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Somebody whom a virtual user plays, with all their tabs: what they do, and what they see. On the clients' loop. */
final class Person implements Observer {
    private static final int STEP_SECONDS_MAX = 120;
    private static final int UNANSWERED_MAX = 500;
    private static final int TEXT_LENGTH_LONG = 400;
    /** From so many on, an answer that is longer than so many times the blocks that changed has told of what came between. */
    private static final int ENTRIES_MANY = 1_000;

    private static final int ANSWER_RATIO_MAX = 2;

    private final ParleyRun run;
    private final Author self;
    private final @Nullable Integer home;
    private final Reporter reporter;
    private final List<WireClient> clients = new ArrayList<>();
    private final List<WireConversation> conversations = new ArrayList<>();
    private final Map<WireClient, Long> awaySinceNanos = new HashMap<>();
    /** Not every answer to an open ends an absence: who was too slow is told anew on the same connection. */
    private final Set<WireConversation> away = new HashSet<>();

    /** Of connections that were sent away and are not back. */
    private final Map<WireClient, Departure> departures = new HashMap<>();

    private final Set<WireClient> moved = new HashSet<>();
    private final Map<String, Long> ownRevisions = new HashMap<>();
    private final Map<WireConversation, String> written = new HashMap<>();
    private final List<Wait> waits = new ArrayList<>();
    private int turn;
    private boolean slow;
    private boolean fenced;

    /** Goes on once it holds; a limit sees to it that it ends. */
    private record Wait(BooleanSupplier holds, Outcome outcome) {}

    /** When it was told, and when the gateway wanted everybody gone. */
    private record Departure(long toldNanos, long deadlineNanos) {}

    Person(ParleyRun run, Author self, @Nullable Integer home, Reporter reporter) {
        this.run = run;
        this.self = self;
        this.home = home;
        this.reporter = reporter;
    }

    String conversation() {
        return conversations.get(0).conversation();
    }

    /** The first conversation of the run; empty if there is none. */
    String firstOfAll() {
        return run.board().first();
    }

    /** Opens an own conversation in so many tabs: the first one begins it. */
    void open(int tabs, Outcome outcome) {
        openIn("chat");
        start(0);
        long began = run.nanoTime();
        Outcome reported = outcome.reported(reporter, Step.CONNECT, run, began);
        await(this::areAllOpen, reported.after(() -> {
            run.board().begin(conversation());
            for (int tab = 1; tab < tabs; tab++) {
                openIn("chat");
                start(tab);
            }
            await(this::areAllOpen, reported);
        }));
    }

    /** Takes so many conversations that nobody else takes, as soon as visitors have begun them. */
    void take(int count, Outcome outcome) {
        List<String> taken = new ArrayList<>();
        run.board().take(count, ids -> {
            taken.addAll(ids);
            look();
        });
        await(() -> !taken.isEmpty(), outcome.after(() -> hold(taken, outcome)));
    }

    /** A tab of its own for a conversation. */
    private void openIn(String target) {
        WireClient client = run.client(self, home, clients.size(), this);
        clients.add(client);
        conversations.add(client.open(target));
    }

    /** Opens conversations of others, all on one connection. */
    void hold(List<String> ids, Outcome outcome) {
        WireClient client = run.client(self, home, clients.size(), this);
        clients.add(client);
        for (String id : ids) {
            conversations.add(client.open(id));
        }
        start(clients.size() - 1);
        await(this::areAllOpen, outcome.reported(reporter, Step.CONNECT, run, run.nanoTime()));
    }

    private void start(int tab) {
        WireClient client = clients.get(tab);
        beginAbsence(client);
        client.start();
    }

    private void beginAbsence(WireClient client) {
        awaySinceNanos.put(client, run.nanoTime());
        away.addAll(client.conversations());
    }

    private boolean areAllOpen() {
        return conversations.stream().allMatch(WireConversation::isOpen);
    }

    /** Sends a message: staff in the next of their conversations, everybody from their next tab there. */
    void send(String text) {
        WireConversation at = next();
        String block = at.replica().nextBlockId();
        if (made(
                at,
                run.nanoTime(),
                Step.SAVED,
                new Operation.CreateBlock(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE))) {
            written.put(at, block);
        }
    }

    /** Writes another text in place of what was written last there. */
    void rewrite(String text) {
        WireConversation at = conversations.get(turn % conversations.size());
        String block = written.get(at);
        Text old = block == null ? null : at.replica().text(block);
        if (block == null || old == null) {
            send(text);
            return;
        }
        turn++;
        TextEdit edit = TextEdit.replace(0, old.length(), text);
        made(at, run.nanoTime(), Step.SAVED, new Operation.EditText(block, old.length(), edit));
    }

    private WireConversation next() {
        return conversations.get(turn++ % conversations.size());
    }

    /** Makes one-character edits of what is written in the first tab, or of the draft of staff, each when it is due. */
    void type(Pace pace, Outcome outcome) {
        at(run.nanoTime(), pace, pace.count(), this::key, outcome);
    }

    private interface Beat {
        /** False ends it. */
        boolean at(long dueNanos);
    }

    private void at(long dueNanos, Pace pace, int left, Beat beat, Outcome outcome) {
        run.loop()
                .schedule(
                        () -> {
                            if (beat.at(dueNanos) && left > 1) {
                                at(dueNanos + pace.intervalNanos(), pace, left - 1, beat, outcome);
                            } else {
                                outcome.done();
                            }
                        },
                        dueNanos - run.nanoTime(),
                        TimeUnit.NANOSECONDS);
    }

    private boolean key(long dueNanos) {
        WireConversation at = conversations.get(0);
        String block = target(at);
        Text text = block == null ? null : at.replica().text(block);
        if (block == null || text == null) {
            String own = at.replica().nextBlockId();
            boolean visitor = self.role() == Role.VISITOR;
            Operation create = new Operation.CreateBlock(
                    own,
                    visitor ? BlockKind.MESSAGE : BlockKind.DRAFT,
                    visitor ? View.PUBLIC : View.STAFF,
                    character(),
                    Attributes.NONE);
            if (made(at, dueNanos, Step.SAVED, create)) {
                written.put(at, own);
            }
            return true;
        }
        TextEdit edit = text.length() > TEXT_LENGTH_LONG
                ? TextEdit.delete(text.length() / 4, text.length() / 2)
                : TextEdit.insert(run.random().nextInt(text.length() + 1), character());
        made(at, dueNanos, Step.SAVED, new Operation.EditText(block, text.length(), edit));
        return true;
    }

    /** For a visitor what they wrote last; staff share the first draft. */
    private @Nullable String target(WireConversation at) {
        if (self.role() == Role.VISITOR) {
            return written.get(at);
        }
        Block draft = first(at, block -> block.kind() == BlockKind.DRAFT && !block.erased() && !block.isMerged());
        return draft == null ? written.get(at) : draft.id();
    }

    private static @Nullable Block first(WireConversation at, Predicate<Block> suits) {
        return at.replica().confirmed().blocks().stream()
                .filter(suits)
                .findFirst()
                .orElse(null);
    }

    private String character() {
        return String.valueOf((char) ('a' + run.random().nextInt(26)));
    }

    /** Waits until a draft is there to type in. */
    void expectDraft(Outcome outcome) {
        await(() -> first(conversations.get(0), block -> block.kind() == BlockKind.DRAFT) != null, outcome);
    }

    /** Whether it was made: not if too much is unanswered, as a browser would stop to take more. */
    private boolean made(WireConversation at, long dueNanos, Step savedAs, Operation operation) {
        if (at.isBroken() || at.replica().pendingCount() >= UNANSWERED_MAX) {
            run.figures().postponed();
            return false;
        }
        run.made(at.submit(operation), at, dueNanos, savedAs);
        return true;
    }

    /** Waits until all that this person submitted is saved and has come to all their tabs. */
    void expectDelivery(Outcome outcome) {
        long began = run.nanoTime();
        Outcome reported = outcome.reported(reporter, Step.ALL_DELIVERED, run, began);
        await(this::isAllDelivered, reported.after(() -> {
            reporter.passed(Step.ALL_DELIVERED, began, began, run.nanoTime());
            outcome.done();
        }));
    }

    private boolean isAllDelivered() {
        return conversations.stream()
                .allMatch(at -> at.replica().pendingCount() == 0
                        && at.replica().position().revision() >= ownRevisions.getOrDefault(at.conversation(), 0L));
    }

    /** What all tabs have read. */
    long revision() {
        return conversations.stream()
                .mapToLong(at -> at.replica().position().revision())
                .min()
                .orElse(0);
    }

    void expectRevision(long revision, Outcome outcome) {
        await(() -> revision() >= revision, outcome.reported(reporter, Step.ALL_DELIVERED, run, run.nanoTime()));
    }

    void goOffline() {
        clients.forEach(WireClient::goOffline);
    }

    void resume(Outcome outcome) {
        for (int tab = 0; tab < clients.size(); tab++) {
            start(tab);
        }
        await(this::areAllOpen, outcome);
    }

    /** Breaks all connections at once; they come back by themselves. */
    void cut() {
        clients.forEach(client -> client.cut(0));
    }

    void expectOpen(Outcome outcome) {
        await(this::areAllOpen, outcome);
    }

    void stretch(String name, Outcome outcome) {
        run.stretch(name, outcome.reported(reporter, Step.CONNECT, run, run.nanoTime()));
    }

    void drain(int gateway, int seconds, Outcome outcome) {
        run.gateways().drain(gateway, seconds, run.loop(), outcome.reported(reporter, Step.MOVED, run, run.nanoTime()));
    }

    /** Waits until all connections were sent away and are back. */
    void expectMove(Outcome outcome) {
        Outcome reported = outcome.reported(reporter, Step.MOVED, run, run.nanoTime());
        await(() -> moved.containsAll(clients) && areAllOpen(), reported.after(() -> endedAtMost(1, reported)));
    }

    void expectUndisturbed(Outcome outcome) {
        endedAtMost(0, outcome.reported(reporter, Step.CONNECT, run, run.nanoTime()));
    }

    private void endedAtMost(int times, Outcome outcome) {
        if (clients.stream().allMatch(client -> client.cuts() <= times)) {
            outcome.done();
        } else {
            outcome.failed("a connection ended more than " + times + " times");
        }
    }

    /** What comes so late tells of this person and not of the gateway, so it is timed no more. */
    void stopReading() {
        slow = true;
        clients.forEach(WireClient::stopReading);
    }

    void readOn() {
        clients.forEach(WireClient::readOn);
    }

    /** As an assistant: writes into a draft of its own, until all is written or a human has taken over. */
    void stream(Pace pace) {
        WireConversation at = conversations.get(0);
        String block = at.replica().nextBlockId();
        made(at, run.nanoTime(), Step.SAVED, new Operation.StartRun(block, block));
        Outcome end = new Outcome() {
            @Override
            public void done() {
                finish(at, block);
            }

            @Override
            public void failed(String why) {
                reporter.failed(Step.SAVED, run.nanoTime(), run.nanoTime(), "no draft to stream into: " + why);
            }
        };
        await(
                () -> at.replica().confirmed().block(block) != null,
                end.after(() -> at(run.nanoTime(), pace, pace.count(), due -> token(at, block, due), end)));
    }

    private void finish(WireConversation at, String block) {
        Block draft = at.replica().confirmed().block(block);
        if (draft != null && isStreamed(draft) && !fenced) {
            made(at, run.nanoTime(), Step.SAVED, new Operation.FinishRun(block, block, fence(draft)));
        }
    }

    private boolean token(WireConversation at, String block, long dueNanos) {
        Block draft = at.replica().confirmed().block(block);
        if (fenced || draft == null || !isStreamed(draft)) {
            return false;
        }
        made(at, dueNanos, Step.SAVED, new Operation.AppendText(block, block, fence(draft), "token "));
        return true;
    }

    private static long fence(Block draft) {
        return Long.parseLong(draft.attributes().getOrDefault(Attributes.FENCE, "0"));
    }

    private static boolean isStreamed(Block block) {
        return block.anchors().stream().anyMatch(Anchor::run);
    }

    /** Takes the first draft from the assistant that writes into it, as soon as there is one. */
    void takeOver(Outcome outcome) {
        WireConversation at = conversations.get(0);
        Outcome reported = outcome.reported(reporter, Step.TAKE_OVER, run, run.nanoTime());
        await(() -> first(at, Person::isStreamed) != null, reported.after(() -> {
            Block draft = first(at, Person::isStreamed);
            if (draft != null) {
                made(at, run.nanoTime(), Step.TAKE_OVER, new Operation.TakeOver(draft.id()));
            }
            await(() -> first(at, Person::isStreamed) == null, reported);
        }));
    }

    void await(BooleanSupplier holds, Outcome outcome) {
        Wait wait = new Wait(() -> isBroken() || holds.getAsBoolean(), outcome.after(() -> {
            if (isBroken()) {
                outcome.failed("a conversation is broken");
            } else {
                outcome.done();
            }
        }));
        waits.add(wait);
        run.loop()
                .schedule(
                        () -> {
                            if (waits.remove(wait)) {
                                wait.outcome.failed("not within " + STEP_SECONDS_MAX + " s");
                            }
                        },
                        STEP_SECONDS_MAX,
                        TimeUnit.SECONDS);
        look();
    }

    private boolean isBroken() {
        return conversations.stream().anyMatch(WireConversation::isBroken);
    }

    private void look() {
        List<Wait> over = new ArrayList<>();
        for (Iterator<Wait> each = waits.iterator(); each.hasNext(); ) {
            Wait wait = each.next();
            if (wait.holds.getAsBoolean()) {
                each.remove();
                over.add(wait);
            }
        }
        over.forEach(wait -> wait.outcome.done());
    }

    /** What is observed is in the middle of things: it is looked at when they are over. */
    private void changed() {
        if (!waits.isEmpty()) {
            run.loop().execute(this::look);
        }
    }

    @Override
    public void welcomed(WireClient client) {
        run.figures().welcomed(client);
        long since = awaySinceNanos.getOrDefault(client, run.nanoTime());
        reporter.passed(Step.CONNECT, since, since, run.nanoTime());
        changed();
    }

    @Override
    public void caughtUp(WireConversation at, CatchUp how) {
        run.catchUps().caughtUp(how, run.nanoTime());
        if (how.entries() >= ENTRIES_MANY && how.bytes() > ANSWER_RATIO_MAX * how.changedBytes()) {
            reporter.failed(
                    Step.RESUME,
                    run.nanoTime(),
                    run.nanoTime(),
                    how.bytes() + " bytes for " + how.changedBytes() + " of changed blocks");
        }
    }

    @Override
    public void opened(WireConversation at, boolean again) {
        if (away.remove(at)) {
            long since = awaySinceNanos.getOrDefault(at.client(), run.nanoTime());
            reporter.passed(again ? Step.RESUME : Step.SNAPSHOT, since, since, run.nanoTime());
        }
        if (at.client().conversations().stream().allMatch(WireConversation::isOpen)) {
            back(at.client());
        }
        changed();
    }

    @Override
    public void sentAway(WireClient client, int leftMillis) {
        long now = run.nanoTime();
        departures.putIfAbsent(client, new Departure(now, now + TimeUnit.MILLISECONDS.toNanos(leftMillis)));
    }

    private void back(WireClient client) {
        Departure departure = departures.get(client);
        if (departure == null || client.cuts() == 0) {
            return;
        }
        departures.remove(client);
        moved.add(client);
        long now = run.nanoTime();
        if (now <= departure.deadlineNanos()) {
            reporter.passed(Step.MOVED, departure.toldNanos(), departure.toldNanos(), now);
        } else {
            reporter.failed(Step.MOVED, departure.toldNanos(), now, "back when everybody had to be gone");
        }
    }

    @Override
    public void ended(WireClient client, int closeCode) {
        run.figures().ended(client, closeCode);
        beginAbsence(client);
        changed();
    }

    @Override
    public void acknowledged(WireConversation at, Submission sent, long revision) {
        run.figures().acknowledged(at, sent, revision);
        ownRevisions.merge(at.conversation(), revision, Math::max);
        ParleyRun.Made made = run.made(sent.id());
        if (made != null) {
            long now = run.nanoTime();
            if (made.isUndisturbed() && !slow) {
                reporter.passed(made.savedAs(), made.dueNanos(), made.madeNanos(), now);
            } else if (!slow) {
                long back = awaySinceNanos.getOrDefault(at.client(), now);
                reporter.passed(Step.SAVED_AFTER_RESUME, back, back, now);
            }
        }
        changed();
    }

    @Override
    public void delivered(WireConversation at, Entry entry, boolean live) {
        run.figures().delivered(at, entry, live);
        ParleyRun.Made made = run.made(entry.submission());
        if (live && made != null && made.isUndisturbed() && !slow) {
            Step step = entry.author().subject().equals(self.subject())
                    ? Step.DELIVERED_TO_TAB
                    : self.role() == Role.VISITOR ? Step.DELIVERED_TO_VISITOR : Step.DELIVERED_TO_STAFF;
            reporter.passed(step, made.dueNanos(), made.madeNanos(), run.nanoTime());
        }
        changed();
    }

    @Override
    public void rejected(WireConversation at, SubmissionId id, RejectCode code) {
        run.figures().rejected(at, id, code);
        if (code == RejectCode.FENCED) {
            fenced = true;
        } else {
            reporter.failed(Step.SAVED, run.nanoTime(), run.nanoTime(), "rejected: " + code);
        }
        changed();
    }

    @Override
    public void refused(WireConversation at, SubmissionId id, RefuseCode code) {
        run.figures().refused(at, id, code);
    }

    @Override
    public void faulted(WireConversation at, SubmissionId id, OutboxFaultCode code) {
        run.figures().faulted(at, id, code);
        changed();
    }
}

package dev.parley.gateway.shard;

import dev.parley.conversation.Author;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.CharacterLedger;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.conversation.Redaction;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Replica;
import dev.parley.conversation.StateHash;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.ot.Text;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client in the simulation: a replica, a loop, and a link that loses everything under way when it is cut. */
final class SimulatedClient {
    /** What no client is ever told that counts as the gateway does. */
    private static final Set<RejectCode> DISHONEST = Set.of(
            RejectCode.LENGTH_MISMATCH,
            RejectCode.OUT_OF_RANGE,
            RejectCode.NOT_CANONICAL,
            RejectCode.ILL_FORMED_TEXT,
            RejectCode.BLOCK_EXISTS,
            RejectCode.FOREIGN_ID,
            RejectCode.UNKNOWN_OPERATION);

    private final Principal principal;
    private final ConversationKey key;
    private final Random random;
    private final CharacterLedger ledger;
    private final boolean losesTails;
    private SimulatedAuthor self;
    private final Schedule schedule;
    private Replica replica;
    private int outboxes;
    private int sentBack;
    private final Set<SubmissionId> rejected = new HashSet<>();
    private ShardGroup shards;
    private @Nullable Link link;
    private int handle;
    private boolean live;
    private long opens;
    private int hashes;
    private int behind;
    private int byBlocks;
    private final int snapshotBlocks;
    private int pages;
    private final Map<Long, Position> told = new HashMap<>();

    SimulatedClient(
            Author author,
            String outbox,
            ConversationKey key,
            ShardGroup shards,
            Schedule schedule,
            Random random,
            CharacterLedger ledger,
            int snapshotBlocks,
            boolean losesTails) {
        this.ledger = ledger;
        this.losesTails = losesTails;
        this.snapshotBlocks = snapshotBlocks;
        this.principal = new Principal(key.tenant(), author, Long.MAX_VALUE);
        this.key = key;
        this.shards = shards;
        this.schedule = schedule;
        this.random = random;
        this.replica = new Replica(author, outbox, random::nextLong);
        this.self = new SimulatedAuthor(author, replica, random, ledger);
    }

    /** One connection; after {@link #cut} neither side hears the other. */
    private final class Link implements Subscriber {
        private final Schedule.SimulatedLoop loop = schedule.loop();
        private boolean gone;

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean isGone() {
            return gone;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (!gone) {
                heard(delivery);
            }
        }
    }

    Replica replica() {
        return replica;
    }

    View view() {
        return principal.role().view();
    }

    SimulatedAuthor self() {
        return self;
    }

    Set<SubmissionId> rejected() {
        return rejected;
    }

    /** Hashes that were compared. */
    int hashes() {
        return hashes;
    }

    /** Submissions that were refused since their base was too old. */
    int behind() {
        return behind;
    }

    /** How often it was told that the log is another one, which ends before what it had. */
    int sentBack() {
        return sentBack;
    }

    /** How often it caught up by changed blocks. */
    int byBlocks() {
        return byBlocks;
    }

    /** Pages of older blocks that were taken in. */
    int pages() {
        return pages;
    }

    boolean isIdle() {
        return live && replica.pendingCount() == 0 && replica.confirmed().olderThan() == 0;
    }

    void cut() {
        if (link != null) {
            link.gone = true;
            link.loop.kill();
            shards.of(key).leave(key, link);
            link = null;
        }
        live = false;
        replica.sendAgain();
    }

    /** Connects to what serves the conversation now, and resumes. */
    void connect(ShardGroup serving) {
        cut();
        shards = serving;
        link = new Link();
        open(false);
    }

    private void open(boolean mustHaveEntries) {
        live = false;
        opens++;
        boolean pending = mustHaveEntries || replica.pendingCount() > 0;
        open(replica.position(), pending);
    }

    private void open(Position position, boolean pending) {
        boolean visitor = !principal.role().isStaff();
        shards.of(key)
                .open(
                        new OpenRequest(
                                key,
                                visitor ? ConversationSummary.CHAT : "",
                                "chat",
                                position,
                                pending,
                                List.of(replica.outbox())),
                        link());
    }

    private Link link() {
        if (link == null) {
            throw new IllegalStateException("not connected");
        }
        return link;
    }

    boolean isServedBy(ShardGroup node) {
        return link != null && shards == node;
    }

    boolean isConnected() {
        return link != null;
    }

    /** Asks again where an open or a submission was refused. */
    void retry() {
        if (link == null) {
            return;
        }
        if (!live) {
            open(false);
        } else {
            replica.sendAgain();
            sendNext();
            readOlder();
        }
    }

    private void readOlder() {
        long before = replica.confirmed().olderThan();
        if (before > 0) {
            shards.of(key).readBlocks(key, handle, before, 1 + random.nextInt(2 * snapshotBlocks), link());
        }
    }

    private void older(Delivery.Page page) {
        if (live && page.before() == replica.confirmed().olderThan() && page.olderThan() < page.before()) {
            replica.addOlder(page.blocks(), page.olderThan());
            pages++;
        }
    }

    private void heard(Delivery delivery) {
        if (delivery instanceof Delivery.Opened opened) {
            opened(opened);
        } else if (delivery instanceof Published published) {
            if (live) {
                entries(published.from(), published.entries(), published.position());
                shards.of(key).acknowledge(key, replica.position().revision(), link());
            }
        } else if (delivery instanceof Delivery.Ended) {
            // Of a log that is gone from its beginning: it is opened again when somebody has begun it anew.
            live = false;
        } else if (delivery instanceof Delivery.Page page) {
            older(page);
        } else if (delivery instanceof Delivery.Answered answered) {
            answered(answered);
        }
        sendNext();
    }

    private void opened(Delivery.Opened opened) {
        handle = opened.handle();
        boolean isOfBefore = outboxes > 0
                && opened.catchUp() instanceof Published published
                && published.from() > replica.position().revision();
        if (isOfBefore) {
            // Asked for before it began anew.
            open(false);
            return;
        }
        if (opened.catchUp() instanceof Delivery.Blocks blocks) {
            if (replica.pendingCount() > 0 && blocks.since() > 0) {
                open(true);
                return;
            }
            if (blocks.position().revision() < replica.position().revision()) {
                if (!losesTails || blocks.since() > 0) {
                    throw new AssertionError("back to " + blocks.position() + ": " + this);
                }
                sentBack++;
            }
            if (losesTails && blocks.since() == 0) {
                told.clear();
            }
            own(opened.outboxes()).forEach(this::answeredBefore);
            replica.receive(
                    blocks.since(), blocks.blocks(), blocks.attributes(), blocks.position(), blocks.olderThan());
            told.put(blocks.position().revision(), blocks.position());
            byBlocks += blocks.since() > 0 ? 1 : 0;
        } else if (opened.catchUp() instanceof Published published
                && !entries(published.from(), published.entries(), published.position())) {
            return;
        }
        live = true;
        replica.sendAgain();
        for (OutboxRow row : own(opened.outboxes())) {
            answered(new Delivery.Answered(handle, row.outbox(), row.lastSeq(), OutboxRows.answer(row)));
        }
    }

    private List<OutboxRow> own(List<OutboxRow> rows) {
        return rows.stream()
                .filter(row -> row.outbox().equals(replica.outbox()))
                .toList();
    }

    /** What the blocks have that come now. */
    private void answeredBefore(OutboxRow row) {
        if (row.rejected() == null) {
            replica.accepted(new SubmissionId(row.outbox(), row.lastSeq(), row.contentId()));
        } else {
            answered(new Delivery.Answered(handle, row.outbox(), row.lastSeq(), OutboxRows.answer(row)));
        }
    }

    /** Nothing that it was ever told is not on the log. */
    void requireTold(List<LoggedEntry> log) {
        for (Position position : told.values()) {
            if (position.revision() > 0
                    && !log.get((int) position.revision() - 1).position().equals(position)) {
                throw new AssertionError("was told " + position + ", which is not on the log: " + this);
            }
        }
    }

    /** False if it had to start anew. */
    private boolean entries(long from, List<LoggedEntry> logged, Position to) {
        if (from > replica.position().revision()) {
            throw new AssertionError("a gap: entries from " + from + " at " + replica.position());
        }
        if (to.revision() <= replica.position().revision()) {
            return true;
        }
        for (LoggedEntry entry : logged) {
            if (replica.lacksHalfOf(entry.entry().seenBy(view()))) {
                live = false;
                opens++;
                open(Position.START, false);
                return false;
            } else if (entry.revision() > replica.position().revision()) {
                entry(entry);
            }
        }
        replica.receive(List.of(), to);
        told.put(to.revision(), to);
        return true;
    }

    private void entry(LoggedEntry logged) {
        Entry seen = logged.entry().seenBy(view());
        for (Effect effect : seen.effects()) {
            if (!view().sees(effect.audience())) {
                throw new AssertionError("a hidden effect reached " + principal);
            }
        }
        // Where a tail was lost, the form in which it was sent before that may be the one that is accepted.
        boolean wasShown = !losesTails
                && seen.submission().outbox().equals(replica.outbox())
                && seen.command().isEmpty()
                && replica.unsent().stream().noneMatch(lost -> lost.id().equals(seen.submission()))
                && !isRedacted(seen);
        Map<String, Text> shown = wasShown ? shown(seen) : Map.of();
        replica.receive(List.of(seen), logged.position());
        told.put(logged.revision(), logged.position());
        if (wasShown && !shown(seen).equals(shown)) {
            throw new AssertionError("an own entry changes what is shown: " + seen + " to " + this);
        }
        OptionalLong told = logged.hashes().of(view());
        if (told.isPresent()) {
            requireHash(told.getAsLong());
        }
    }

    /** What was redacted before its author heard of its entry comes without its text. */
    private static boolean isRedacted(Entry entry) {
        return entry.effects().toString().contains(Redaction.FILLER);
    }

    private Map<String, Text> shown(Entry entry) {
        Map<String, Text> texts = new HashMap<>();
        for (Effect effect : entry.effects()) {
            Text text = replica.text(effect.target());
            if (text != null) {
                texts.put(effect.target(), text);
            }
        }
        return texts;
    }

    /** One that follows the log of a redaction which a shard does not know of yet shows less than that shard. */
    private void requireHash(long told) {
        if (CanonicalText.of(replica.confirmed()).contains(Redaction.FILLER)) {
            return;
        }
        hashes++;
        if (StateHash.of(replica.confirmed(), view(), snapshotBlocks) != told) {
            throw new AssertionError("another hash than the gateway's: " + this);
        }
    }

    private void answered(Delivery.Answered answered) {
        Delivery.Answer answer = answered.answer();
        if (answer instanceof Delivery.Answer.Rejected no) {
            SubmissionId id = new SubmissionId(answered.outbox(), answered.seq(), no.contentId());
            // A read marker may be ahead of a log that went back.
            boolean ofLostTail = losesTails && no.code() == RejectCode.OUT_OF_RANGE;
            if (DISHONEST.contains(no.code()) && !ofLostTail) {
                throw new AssertionError("an honest client is told " + no.code() + ": " + this);
            }
            rejected.add(id);
            replica.rejected(id, no.code());
        } else if (answer instanceof Delivery.Answer.Accepted yes) {
            if (yes.revision() <= replica.position().revision()) {
                replica.accepted(new SubmissionId(answered.outbox(), answered.seq(), yes.contentId()));
            } // else its entry is still to come
        } else if (answer instanceof Delivery.Answer.Refused refused) {
            if (refused.refusal() == Delivery.Refusal.BEHIND) {
                behind++;
                open(true);
            }
        } else if (losesTails
                && answer instanceof Delivery.Answer.Fault fault
                && fault.fault() == Delivery.OutboxFault.OUTBOX_RESET) {
            beginAnew();
        } else if (answer instanceof Delivery.Answer.Fault fault
                && !fault.equals(new Delivery.Answer.Fault(Delivery.OutboxFault.ALREADY_DONE, fault.lastSeq()))) {
            throw new AssertionError(answered);
        }
    }

    /** The gateway lost answers of this outbox: another one, and what was in it is shown as maybe sent. */
    private void beginAnew() {
        outboxes++;
        replica = new Replica(
                principal.author(), replica.outbox().replaceAll("-.*", "") + "-" + outboxes, random::nextLong);
        self = new SimulatedAuthor(principal.author(), replica, random, ledger);
        told.clear();
        open(false);
    }

    private void sendNext() {
        Submission next = live ? replica.takeNext() : null;
        if (next == null) {
            return;
        }
        int times = random.nextInt(10) == 0 ? 2 : 1;
        for (int i = 0; i < times; i++) {
            shards.of(key).submit(key, handle, next, link());
        }
    }

    /** Does something that its role can do; offline too. */
    void act() {
        self.act();
        sendNext();
    }

    @Override
    public String toString() {
        return principal.subject() + " at " + replica.position() + " pending " + replica.pendingCount() + " live "
                + live + " opens " + opens;
    }
}

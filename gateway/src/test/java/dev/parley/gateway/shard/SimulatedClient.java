package dev.parley.gateway.shard;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Replica;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OutboxRow;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client in the simulation: a replica, a loop, and a link that loses everything under way when it is cut. Every character
 * it types is one that nobody else ever types, and it notes which ones it selected to delete.
 */
final class SimulatedClient {
    private final Principal principal;
    private final ConversationKey key;
    private final Random random;
    private final IntSupplier freshCharacter;
    private final Schedule schedule;
    private final Replica replica;
    private final Map<SubmissionId, Typed> typed = new HashMap<>();
    private final Set<SubmissionId> rejected = new HashSet<>();
    private ShardGroup shards;
    private @Nullable Link link;
    private int handle;
    private boolean live;
    private long opens;

    /** What a submission inserted and selected to delete, by code point. */
    record Typed(String block, Set<Integer> inserted, Set<Integer> deleted) {}

    SimulatedClient(
            Author author,
            String outbox,
            ConversationKey key,
            ShardGroup shards,
            Schedule schedule,
            Random random,
            IntSupplier freshCharacter) {
        this.principal = new Principal(key.tenant(), author, Long.MAX_VALUE);
        this.key = key;
        this.shards = shards;
        this.schedule = schedule;
        this.random = random;
        this.freshCharacter = freshCharacter;
        this.replica = new Replica(author, outbox, random::nextLong);
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

    Map<SubmissionId, Typed> typed() {
        return typed;
    }

    Set<SubmissionId> rejected() {
        return rejected;
    }

    boolean isIdle() {
        return live && replica.pendingCount() == 0;
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
        boolean visitor = !principal.role().isStaff();
        shards.of(key)
                .open(
                        new OpenRequest(
                                key,
                                visitor ? ConversationSummary.CHAT : "",
                                "chat",
                                replica.position(),
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
        } else if (delivery instanceof Delivery.Answered answered) {
            answered(answered);
        }
        sendNext();
    }

    private void opened(Delivery.Opened opened) {
        handle = opened.handle();
        if (opened.catchUp() instanceof Delivery.Blocks blocks) {
            if (replica.pendingCount() > 0 && blocks.since() > 0) {
                open(true);
                return;
            }
            if (blocks.position().revision() >= replica.position().revision()) {
                replica.receive(blocks.since(), blocks.blocks(), blocks.attributes(), blocks.position());
            }
        } else if (opened.catchUp() instanceof Published published) {
            entries(published.from(), published.entries(), published.position());
        }
        live = true;
        replica.sendAgain();
        for (OutboxRow row : opened.outboxes()) {
            answered(new Delivery.Answered(handle, row.outbox(), row.lastSeq(), Conversation.stored(row)));
        }
    }

    private void entries(long from, List<LoggedEntry> logged, Position to) {
        if (from > replica.position().revision()) {
            throw new AssertionError("a gap: entries from " + from + " at " + replica.position());
        }
        if (to.revision() <= replica.position().revision()) {
            return;
        }
        List<Entry> entries = new ArrayList<>();
        for (LoggedEntry entry : logged) {
            Entry seen = entry.entry().seenBy(view());
            for (Effect effect : seen.effects()) {
                if (!view().sees(effect.audience())) {
                    throw new AssertionError("a hidden effect reached " + principal);
                }
            }
            if (entry.revision() > replica.position().revision()) {
                entries.add(seen);
            }
        }
        replica.receive(entries, to);
    }

    private void answered(Delivery.Answered answered) {
        Delivery.Answer answer = answered.answer();
        if (answer instanceof Delivery.Answer.Rejected no) {
            SubmissionId id = new SubmissionId(answered.outbox(), answered.seq(), no.contentId());
            rejected.add(id);
            replica.rejected(id, no.code());
        } else if (answer instanceof Delivery.Answer.Accepted yes) {
            replica.accepted(new SubmissionId(answered.outbox(), answered.seq(), yes.contentId()));
        } else if (answer instanceof Delivery.Answer.Refused refused) {
            if (refused.refusal() == Delivery.Refusal.BEHIND) {
                open(true);
            }
        } else if (answer instanceof Delivery.Answer.Fault fault
                && !fault.equals(new Delivery.Answer.Fault(Delivery.OutboxFault.ALREADY_DONE, fault.lastSeq()))) {
            throw new AssertionError(answered);
        }
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
        List<Block> blocks = new ArrayList<>(replica.confirmed().blocks());
        blocks.sort(Comparator.comparing(Block::id));
        int dice = random.nextInt(100);
        if (blocks.isEmpty() || dice < 10) {
            create();
        } else if (dice < 80) {
            edit(blocks.get(random.nextInt(blocks.size())).id());
        } else if (dice < 85) {
            replica.submit(
                    List.of(new Operation.Advance(
                            Attributes.READ, replica.confirmed().revision())),
                    0);
        } else if (dice < 90) {
            Block block = blocks.get(random.nextInt(blocks.size()));
            replica.submit(List.of(new Operation.SetAttribute(block.id(), Attributes.RECALLED, "true")), 0);
        } else if (principal.role().isStaff()) {
            blocks.stream()
                    .filter(block -> block.kind() == BlockKind.DRAFT)
                    .findFirst()
                    .ifPresent(draft -> replica.submit(List.of(new Operation.PublishDraft(draft.id(), 0)), 0));
        }
        sendNext();
    }

    private void create() {
        boolean draft = principal.role().isStaff() && random.nextInt(3) > 0;
        String id = replica.nextBlockId();
        Set<Integer> inserted = new HashSet<>();
        String text = freshText(1 + random.nextInt(5), inserted);
        SubmissionId submission = replica.submit(
                List.of(new Operation.CreateBlock(
                        id,
                        draft ? BlockKind.DRAFT : BlockKind.MESSAGE,
                        draft ? View.STAFF : View.PUBLIC,
                        text,
                        Attributes.NONE)),
                0);
        typed.put(submission, new Typed(id, inserted, Set.of()));
    }

    private void edit(String block) {
        Text text = replica.text(block);
        if (text == null) {
            return;
        }
        TextEdit.Builder edit = TextEdit.builder();
        Set<Integer> inserted = new HashSet<>();
        Set<Integer> deleted = new HashSet<>();
        int position = 0;
        for (int change = 1 + random.nextInt(2); change > 0 && position <= text.length(); change--) {
            int retain = random.nextInt(text.length() - position + 1);
            edit.retain(retain);
            position += retain;
            if (random.nextBoolean()) {
                edit.insert(Text.of(freshText(1 + random.nextInt(3), inserted)));
            }
            int length = random.nextInt(Math.min(3, text.length() - position) + 1);
            text.slice(position, position + length).toString().codePoints().forEach(deleted::add);
            edit.delete(length);
            position += length;
        }
        typed.put(replica.edit(block, edit.build()), new Typed(block, inserted, deleted));
    }

    private String freshText(int length, Set<Integer> characters) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int character = freshCharacter.getAsInt();
            characters.add(character);
            text.appendCodePoint(character);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return principal.subject() + " at " + replica.position() + " pending " + replica.pendingCount() + " live "
                + live + " opens " + opens;
    }
}

package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to play through: a log, members with a replica each, and lines between them that carry nothing unless
 * told so. On the test's thread.
 *
 * <p>What a member does shows at once in its own replica. {@link Member#sync} carries everything both ways, {@link
 * Member#delay} keeps a member out of {@link #sync} until it is told to, {@link Member#drop} breaks its line with what is
 * on it. {@link #converged} ends a play: everybody catches up and must see the same.
 */
final class Room {
    private static final int CARRIED_MAX = 300_000;

    private final Sequencer log;
    private final int snapshotBlocks;
    private final List<Member> members = new ArrayList<>();
    private long contentIds;
    private int carried;

    Room() {
        this(Integer.MAX_VALUE);
    }

    /** Whose log refuses a base more than {@code historyMax} entries back. */
    Room(int historyMax) {
        this(historyMax, Integer.MAX_VALUE);
    }

    /** Where who starts anew gets only so many blocks, and the older ones page by page. */
    Room(int historyMax, int snapshotBlocks) {
        log = new Sequencer(historyMax);
        this.snapshotBlocks = snapshotBlocks;
    }

    Sequencer log() {
        return log;
    }

    List<Member> members() {
        return members;
    }

    Member join(String name, Role role) {
        Member member = new Member(new Author(name, role, name));
        members.add(member);
        return member;
    }

    void sync() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Member member : members) {
                moved |= !member.delayed && member.carryAll();
            }
        }
    }

    void converged() {
        members.forEach(member -> member.delayed = false);
        sync();
        for (Member member : members) {
            assertThat(member.replica.pendingCount())
                    .as("pending of %s", member)
                    .isZero();
            assertThat(CanonicalText.of(member.replica.confirmed()))
                    .as("what %s sees", member)
                    .isEqualTo(CanonicalText.of(log.state(), member.view()));
            for (Block block : member.replica.confirmed().blocks()) {
                assertThat(member.replica.text(block.id())).isEqualTo(block.text());
            }
        }
    }

    /** What comes down a line. */
    private sealed interface Down {
        record Entries(List<Entry> entries, Position to) implements Down {}

        record Answer(Sequencer.Answered answered) implements Down {}

        record Opened(Down catchUp, @Nullable Answer lastAnswer) implements Down {}

        record Blocks(
                long since, Collection<Block> blocks, SortedMap<String, String> attributes, Position at, long olderThan)
                implements Down {}

        record Page(Collection<Block> blocks, long olderThan) implements Down {}
    }

    final class Member {
        private final Author author;
        private final Replica replica;
        private final Deque<Submission> up = new ArrayDeque<>();
        private final Deque<Down> down = new ArrayDeque<>();
        private final List<Sequencer.OutboxFault> faults = new ArrayList<>();
        private boolean connected;
        private boolean opened;
        private boolean delayed;
        private boolean wantsBlocks;
        private long seenRevision;
        private int mergedDrafts;
        private int pages;
        private @Nullable String lastCreated;

        private Member(Author author) {
            this.author = author;
            replica = new Replica(author, "box-" + members.size(), () -> ++contentIds);
        }

        /** How often something that waits for an own draft was merged with what became of it. */
        int mergedDrafts() {
            return mergedDrafts;
        }

        /** Of older blocks. */
        int pages() {
            return pages;
        }

        Replica replica() {
            return replica;
        }

        Author author() {
            return author;
        }

        View view() {
            return author.role().view();
        }

        /** The block that it created last. */
        @Nullable String lastCreated() {
            return lastCreated;
        }

        void created(String block) {
            lastCreated = block;
        }

        List<Sequencer.OutboxFault> faults() {
            return faults;
        }

        Collection<Replica.Unsent> unsent() {
            return replica.unsent();
        }

        String text(String block) {
            return String.valueOf(replica.text(block));
        }

        String create(String text) {
            return create(BlockKind.MESSAGE, View.PUBLIC, text);
        }

        String draft(String text) {
            return create(BlockKind.DRAFT, View.STAFF, text);
        }

        private String create(BlockKind kind, View audience, String text) {
            String id = replica.nextBlockId();
            replica.submit(List.of(new Operation.CreateBlock(id, kind, audience, text, Attributes.NONE)), 0);
            return id;
        }

        void type(String block, int position, String text) {
            edit(block, TextEdit.insert(position, text));
        }

        void delete(String block, int position, int length) {
            edit(block, TextEdit.delete(position, length));
        }

        SubmissionId edit(String block, TextEdit edit) {
            return replica.edit(block, edit);
        }

        void set(String target, String key, String value) {
            replica.submit(List.of(new Operation.SetAttribute(target, key, value)), 0);
        }

        void read(long revision) {
            replica.submit(List.of(new Operation.Advance("read", revision)), 0);
        }

        void publish(String draft) {
            replica.submit(List.of(new Operation.PublishDraft(draft, 0)), 0);
        }

        void delay() {
            delayed = true;
        }

        /** The line breaks; what was on it is lost, and whatever was sent may or may not have arrived. */
        void drop() {
            connected = false;
            opened = false;
            up.clear();
            down.clear();
            replica.sendAgain();
        }

        /** The next time it connects it is answered with blocks even though it has work pending. */
        void losesItsPlace() {
            wantsBlocks = true;
        }

        void sync() {
            delayed = false;
            Room.this.sync();
        }

        /** Puts the next submission on the line. */
        boolean send() {
            connect();
            Submission next = opened ? replica.takeNext() : null;
            return next != null && up.add(next);
        }

        /** Sends what is on the line once more, as a client does that did not see that it had sent it. */
        void sendTwice() {
            if (!up.isEmpty()) {
                up.addFirst(up.getFirst());
            }
        }

        /** Carries one submission to the log; its answers are then on their lines. */
        boolean carryUp() {
            Submission submission = up.poll();
            if (submission == null) {
                return false;
            }
            long before = log.head().revision();
            Sequencer.Answer answer = log.submit(submission, author);
            if (log.head().revision() > before) {
                Entry entry = log.log().get((int) before).entry();
                members.forEach(member -> member.publish(entry, log.head(), member == this));
            } else {
                down.add(new Down.Answer(new Sequencer.Answered(submission.id(), answer)));
            }
            return true;
        }

        private void publish(Entry entry, Position to, boolean own) {
            Entry seen = entry.seenBy(view());
            if (connected && (own || !seen.effects().isEmpty())) {
                down.add(new Down.Entries(List.of(seen), to));
            }
        }

        boolean carryDown() {
            Down next = down.poll();
            if (next == null) {
                return asksForOlder();
            }
            receive(next);
            return true;
        }

        private boolean asksForOlder() {
            long before = replica.confirmed().olderThan();
            if (!opened || before == 0) {
                return false;
            }
            ConversationState state = log.state();
            List<Block> page = state.page(snapshotBlocks, before, view());
            long first = page.isEmpty() ? 0 : page.get(0).revision();
            boolean isLast = first == 0 || state.latest(1, first, view()).isEmpty();
            return down.add(new Down.Page(page, isLast ? 0 : first));
        }

        private boolean carryAll() {
            boolean moved = connect();
            moved |= send();
            while (carryUp() || carryDown()) {
                moved = true;
                assertThat(++carried).as("frames of one play").isLessThan(CARRIED_MAX);
            }
            return moved;
        }

        private void receive(Down next) {
            if (next instanceof Down.Entries entries) {
                assertThat(entries.to().revision()).isGreaterThanOrEqualTo(seenRevision);
                if (entries.entries().stream().anyMatch(replica::lacksHalfOf)) {
                    drop();
                    losesItsPlace();
                    return;
                }
                seenRevision = entries.to().revision();
                replica.receive(entries.entries(), entries.to());
            } else if (next instanceof Down.Blocks blocks) {
                Map<String, Text> before = ownDrafts();
                replica.receive(blocks.since(), blocks.blocks(), blocks.attributes(), blocks.at(), blocks.olderThan());
                ownDrafts().forEach((draft, text) -> {
                    if (!text.equals(before.getOrDefault(draft, text))
                            && !displayed(draft).equals(text)) {
                        mergedDrafts++;
                    }
                });
                seenRevision = blocks.at().revision();
            } else if (next instanceof Down.Page page) {
                replica.addOlder(page.blocks(), page.olderThan());
                pages++;
            } else if (next instanceof Down.Opened answer) {
                opened = true;
                receive(answer);
            } else if (next instanceof Down.Answer answer) {
                receive(answer.answered());
            }
        }

        /** Their confirmed texts. */
        private Map<String, Text> ownDrafts() {
            return replica.confirmed().blocks().stream()
                    .filter(block ->
                            block.kind() == BlockKind.DRAFT && block.author().is(author))
                    .collect(Collectors.toMap(Block::id, Block::text));
        }

        /** An accepted submission whose entry is inside of blocks has to be known as such before they are taken. */
        private void receive(Down.Opened answer) {
            boolean answerFirst = answer.catchUp() instanceof Down.Blocks;
            if (answer.lastAnswer() != null && answerFirst) {
                receive(answer.lastAnswer());
            }
            receive(answer.catchUp());
            if (answer.lastAnswer() != null && !answerFirst) {
                receive(answer.lastAnswer());
            }
        }

        private void receive(Sequencer.Answered answered) {
            if (answered.answer() instanceof Sequencer.Answer.Accepted) {
                replica.accepted(answered.id());
            } else if (answered.answer() instanceof Sequencer.Answer.Rejected rejected) {
                replica.rejected(answered.id(), rejected.code());
            } else if (answered.answer() instanceof Sequencer.Answer.Fault fault) {
                faults.add(fault.fault());
            } else {
                drop();
            }
        }

        /** Opens the conversation at the replica's position, and listens from there on. */
        private boolean connect() {
            if (connected) {
                return false;
            }
            connected = true;
            Sequencer.Answered last = log.lastAnswer(replica.outbox());
            down.add(new Down.Opened(catchUp(), last == null ? null : new Down.Answer(last)));
            return true;
        }

        private Down catchUp() {
            ConversationState state = log.state();
            Position position = replica.position();
            if (wantsBlocks || !log.holds(position)) {
                wantsBlocks = false;
                ConversationState.Snapshot snapshot = state.snapshot(snapshotBlocks, view());
                return new Down.Blocks(
                        0, snapshot.blocks(), state.attributesFor(view()), log.head(), snapshot.olderThan());
            }
            if (replica.pendingCount() == 0 && position.revision() % 2 == 1) {
                long since = position.revision();
                return new Down.Blocks(
                        since, state.changedSince(since, view()), state.attributesFor(view()), log.head(), 0);
            }
            return new Down.Entries(log.since(position.revision(), view()), log.head());
        }

        /** The text that is displayed, for a block that is there. */
        Text displayed(String block) {
            Text text = replica.text(block);
            if (text == null) {
                throw new AssertionError(author.subject() + " sees no block " + block);
            }
            return text;
        }

        @Override
        public String toString() {
            return author.subject();
        }
    }
}

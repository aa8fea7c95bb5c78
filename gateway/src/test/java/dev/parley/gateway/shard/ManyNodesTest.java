package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.FaultyOperationStore;
import dev.parley.gateway.store.FaultyOperationStore.Fault;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.ot.TextEdit;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes and one log, step by step. */
class ManyNodesTest {
    private static final ConversationKey KEY = new ConversationKey("shop", "c");
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author DANA = new Author("dana", Role.ADMIN, "Dana");
    private static final int MANY = 1_000_000;

    private Schedule schedule = new Schedule(new Random(1));
    private MemoryOperationStore kept = new MemoryOperationStore(schedule.loop());
    private final List<Runnable> hints = new ArrayList<>();
    private boolean hintsLost;
    private Node here = new Node(() -> Fault.NONE, 1 << 20, 16);
    private Node there = new Node(() -> Fault.NONE, 1 << 20, 16);

    /** A shard with its view of the store. */
    private final class Node {
        final MemoryOperationStore view = kept.beside(schedule.loop(), this::announce);
        final Shard shard;
        int calls;

        Node(Supplier<Fault> script, long cacheBytesMax, int historyEntries) {
            FaultyOperationStore store = new FaultyOperationStore(view, () -> {
                calls++;
                return script.get();
            });
            ShardLimits bounds = new ShardLimits(cacheBytesMax, 100, 1 << 20, 77, historyEntries, historyEntries / 2);
            shard = new Shard(
                    schedule.loop(),
                    store,
                    new Policy(),
                    Limits.DEFAULT,
                    bounds,
                    InstantSource.system(),
                    new Inbox(store),
                    () -> 1,
                    (key, visitor) -> {},
                    new Random(1));
        }

        private void announce(Runnable hint) {
            if (hintsLost) {
                hints.add(hint);
            } else {
                hint.run();
            }
        }
    }

    /** Somebody at a node, who submits on top of the last position told. */
    private final class Client implements Subscriber {
        private final Author author;
        private final Loop loop = schedule.loop();
        private final List<Delivery> told = new ArrayList<>();
        private final List<LoggedEntry> entries = new ArrayList<>();
        private Position position = Position.START;
        private @Nullable Runnable onEntry;

        Client(Author author) {
            this.author = author;
        }

        @Override
        public Principal principal() {
            return new Principal("shop", author, Long.MAX_VALUE);
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            told.add(delivery);
            if (delivery instanceof Published published) {
                assertThat(published.from()).isLessThanOrEqualTo(position.revision());
                entries.addAll(published.entries());
                position = published.position();
            } else if (delivery instanceof Delivery.Opened opened) {
                position = opened.catchUp().position();
            }
            if (onEntry != null) {
                onEntry.run();
            }
        }

        Client open(Node node) {
            String kind = author.role() == Role.VISITOR ? "CHAT" : "";
            node.shard.open(new OpenRequest(KEY, kind, "chat", position, false, List.of()), this);
            schedule.run(MANY);
            assertThat(last()).isInstanceOf(Delivery.Opened.class);
            return this;
        }

        SubmissionId send(Node node, long seq, Operation operation) {
            SubmissionId id = new SubmissionId(author.subject(), seq, seq);
            node.shard.submit(KEY, 1, new Submission(id, position, List.of(operation), 0), this);
            return id;
        }

        SubmissionId submit(Node node, long seq, Operation operation) {
            SubmissionId id = send(node, seq, operation);
            schedule.run(MANY);
            return id;
        }

        Delivery last() {
            return told.get(told.size() - 1);
        }

        Answer answer() {
            assertThat(last()).isInstanceOf(Delivery.Answered.class);
            return ((Delivery.Answered) last()).answer();
        }
    }

    private static Operation message(String id, String text) {
        return new Operation.CreateBlock(id, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    @Test
    void what_one_node_appends_is_delivered_at_the_other_after_one_read() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        int before = there.calls;
        SubmissionId id = vera.submit(here, 1, message("vera.1", "hello"));
        assertThat(ann.entries).extracting(entry -> entry.entry().submission()).containsExactly(id);
        assertThat(there.calls - before).isOne();
        assertThat(there.shard.counters().followed()).isOne();
        ann.submit(there, 1, message("ann.1", "good morning"));
        assertThat(vera.entries).hasSize(2);
        assertThat(here.shard.counters().conflicts() + there.shard.counters().conflicts())
                .isZero();
    }

    @Test
    void hints_that_are_late_doubled_and_overtaken_deliver_each_entry_once() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        hintsLost = true;
        for (int i = 1; i <= 3; i++) {
            vera.submit(here, i, message("vera." + i, "text"));
        }
        assertThat(ann.entries).isEmpty();
        assertThat(hints).hasSize(3);
        for (int i : new int[] {2, 0, 1, 2}) {
            hints.get(i).run();
            schedule.run(3);
        }
        schedule.run(MANY);
        assertThat(ann.entries).extracting(LoggedEntry::revision).containsExactly(2L, 3L, 4L);
    }

    @Test
    void who_listens_hears_of_the_others_although_the_conversation_is_not_in_memory() {
        there = new Node(() -> Fault.NONE, 1, 16);
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        assertThat(there.shard.cache().asMap()).isEmpty();
        long loads = there.shard.counters().loads();
        vera.submit(here, 1, message("vera.1", "hello"));
        assertThat(ann.entries).hasSize(1);
        assertThat(there.shard.counters().loads()).isEqualTo(loads);
    }

    @Test
    void who_is_far_behind_loads_anew_and_misses_nothing() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        hintsLost = true;
        for (int i = 1; i <= 50; i++) {
            vera.submit(here, i, message("vera." + i, "text"));
        }
        hints.get(49).run();
        schedule.run(MANY);
        assertThat(ann.entries).hasSize(50);
    }

    @Test
    void a_conversation_is_watched_while_it_is_in_memory_or_somebody_listens() {
        there = new Node(() -> Fault.NONE, 1, 16);
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        assertThat(List.of(here.view.watches(), there.view.watches())).containsExactly(1, 1);
        here.shard.leave(KEY, vera);
        there.shard.leave(KEY, ann);
        schedule.run(MANY);
        assertThat(List.of(here.view.watches(), there.view.watches())).containsExactly(1, 0);
        new Client(ANN).open(there);
        assertThat(there.view.watches()).isOne();
    }

    @Test
    void what_a_redaction_at_another_node_erased_is_not_in_this_nodes_memory() {
        Client vera = new Client(VERA).open(here);
        Client dana = new Client(DANA).open(there);
        vera.submit(here, 1, message("vera.1", "canary"));
        dana.submit(there, 1, new Operation.Redact("vera.1"));
        Client late = new Client(ANN);
        late.position = vera.entries.get(0).position();
        late.open(here);
        Client all = new Client(ANN).open(here);
        assertThat(late.told.toString() + all.told).doesNotContain("canary");
    }

    @Test
    void a_link_at_another_node_ends_the_former_visitor_here() {
        Client vera = new Client(VERA).open(here);
        new Client(DANA).open(there).submit(there, 1, new Operation.Link("victor", "Victor"));
        assertThat(vera.told).contains(new Delivery.Ended(KEY));
    }

    @Test
    void a_rejection_answered_at_another_node_is_repeated_here() {
        Client vera = new Client(VERA).open(here);
        new Client(ANN).open(there);
        Operation forbidden = new Operation.Redact("nothing");
        vera.submit(here, 1, forbidden);
        Answer first = vera.answer();
        assertThat(first).isInstanceOf(Answer.Rejected.class);
        vera.submit(there, 1, forbidden);
        assertThat(vera.answer()).isEqualTo(first);
        assertThat(there.shard.counters().conflicts()).isOne();
    }

    @Test
    void a_gap_is_looked_for_in_the_store_before_it_is_answered() {
        Client vera = new Client(VERA).open(here);
        new Client(ANN).open(there);
        vera.submit(here, 1, new Operation.Redact("nothing"));
        vera.submit(there, 2, message("vera.2", "hello"));
        assertThat(vera.last()).isNotInstanceOf(Delivery.Answered.class);
        assertThat(kept.beside(Runnable::run, Runnable::run)
                        .load(KEY)
                        .toCompletableFuture()
                        .join()
                        .end()
                        .revision())
                .isEqualTo(2);
        vera.submit(there, 7, message("vera.7", "hello"));
        assertThat(vera.answer()).isEqualTo(new Answer.Fault(OutboxFault.OUTBOX_RESET, 2));
    }

    @Test
    void who_comes_from_a_node_that_knows_more_is_not_sent_back() {
        Client vera = new Client(VERA).open(here);
        new Client(ANN).open(there);
        hintsLost = true;
        vera.submit(here, 1, message("vera.1", "hello"));
        Position before = vera.position;
        vera.open(there);
        assertThat(vera.position).isEqualTo(before);
        vera.submit(here, 2, message("vera.2", "again"));
        assertThat(vera.position.revision()).isEqualTo(3);
        vera.submit(there, 3, new Operation.EditText("vera.2", 5, TextEdit.insert(5, "!")));
        assertThat(vera.position.revision()).isEqualTo(4);
    }

    @Test
    void who_may_open_what_another_node_created_is_not_told_that_it_may_not() {
        Client ann = new Client(ANN);
        there.shard.open(new OpenRequest(KEY, "", "chat", Position.START, false, List.of()), ann);
        schedule.run(MANY);
        assertThat(ann.last()).isInstanceOf(Delivery.OpenFailed.class);
        hintsLost = true;
        new Client(VERA).open(here);
        ann.open(there);
    }

    @Test
    void who_always_loses_is_refused_with_a_delay_and_nothing_is_recorded() {
        boolean[] loses = {false};
        there = new Node(() -> loses[0] ? Fault.CONFLICT : Fault.NONE, 1 << 20, 16);
        new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        loses[0] = true;
        ann.submit(there, 1, message("ann.1", "hello"));
        assertThat(ann.answer()).isEqualTo(new Answer.Refused(Refusal.OVERLOADED, 77));
        loses[0] = false;
        ann.submit(there, 1, message("ann.1", "hello"));
        assertThat(ann.entries)
                .extracting(entry -> entry.entry().submission().seq())
                .containsExactly(1L);
    }

    @Test
    void who_loses_reads_what_it_lacks_and_loads_nothing() {
        new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        hintsLost = true;
        Client bob = new Client(new Author("bob", Role.AGENT, "Bob")).open(here);
        bob.submit(here, 1, message("bob.1", "first"));
        int before = there.calls;

        ann.submit(there, 1, message("ann.1", "second"));

        assertThat(ann.entries).extracting(LoggedEntry::revision).containsExactly(2L, 3L);
        assertThat(there.shard.counters().conflicts()).isOne();
        assertThat(there.shard.counters().loads()).isOne();
        assertThat(there.calls - before).isEqualTo(3);
    }

    @Test
    void who_loses_to_a_snapshot_still_moves_what_was_written_before_it() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        hintsLost = true;
        for (int i = 1; i <= 12; i++) {
            vera.submit(here, i, message("vera." + i, "text"));
        }

        SubmissionId late = ann.submit(there, 1, message("ann.1", "late"));

        assertThat(ann.entries).hasSize(13);
        assertThat(ann.entries.get(12).entry().submission()).isEqualTo(late);
        assertThat(there.shard.counters().refused()).isZero();
    }

    @Test
    void what_is_asked_while_others_have_their_turn_is_decided_on_what_they_wrote() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        ann.submit(there, 1, message("ann.1", "one"));
        vera.send(here, 1, message("vera.1", "two"));
        schedule.run(6);
        vera.send(here, 2, message("vera.2", "three"));
        ann.send(there, 2, message("ann.2", "four"));
        schedule.run(MANY);

        assertThat(vera.entries).isEqualTo(ann.entries).hasSize(4);
        assertThat(here.shard.counters().loads() + there.shard.counters().loads())
                .isEqualTo(2);
    }

    private void pass() {
        kept.hint(KEY);
        schedule.run(MANY);
    }

    private List<Long> logged() {
        return kept
                .beside(Runnable::run, Runnable::run)
                .read(KEY, 0, Long.MAX_VALUE)
                .toCompletableFuture()
                .join()
                .stream()
                .map(entry -> entry.entry().submission().contentId())
                .toList();
    }

    @Test
    void a_log_that_went_back_gets_again_what_a_node_knows_and_nobody_notices() {
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        for (int i = 1; i <= 3; i++) {
            vera.submit(here, i, message("vera." + i, "text"));
        }
        List<Long> before = logged();
        kept.loseTail(KEY, 2);
        assertThat(logged()).hasSize(before.size() - 2);

        vera.submit(here, 4, message("vera.4", "after"));

        assertThat(logged()).startsWith(before.toArray(new Long[0])).endsWith(4L);
        assertThat(here.shard.counters().reoffered()).isEqualTo(2);
        assertThat(vera.entries).extracting(LoggedEntry::revision).containsExactly(2L, 3L, 4L, 5L);
        assertThat(ann.entries).extracting(LoggedEntry::revision).containsExactly(2L, 3L, 4L, 5L);
        vera.submit(there, 4, message("vera.4", "after"));
        assertThat(vera.answer()).isEqualTo(new Answer.Accepted(5, 4));
    }

    @Test
    void a_lost_tail_is_offered_again_though_nobody_writes_and_so_are_its_rejections() {
        Client vera = new Client(VERA).open(here);
        vera.submit(here, 1, message("vera.1", "text"));
        vera.submit(here, 2, new Operation.Redact("nothing"));
        Answer rejected = vera.answer();
        List<Long> before = logged();
        kept.loseTail(KEY, 2);
        pass();
        assertThat(logged()).isEqualTo(before);
        vera.submit(there, 2, new Operation.Redact("nothing"));
        assertThat(vera.answer()).isEqualTo(rejected);
    }

    /** A, then B, then something that looks like A: the revision this node knows, on another chain. */
    @Test
    void a_node_whose_head_is_not_the_logs_head_any_more_never_appends_though_the_revision_is_the_same() {
        Client vera = new Client(VERA).open(here);
        vera.submit(here, 1, message("vera.1", "lost"));
        hintsLost = true;
        kept.loseTail(KEY, 1);
        Client ann = new Client(ANN).open(there);
        ann.submit(there, 1, message("ann.1", "instead"));
        assertThat(ann.position.revision()).isEqualTo(vera.position.revision());
        Position stale = vera.position;

        vera.submit(here, 2, message("vera.2", "on top"));

        assertThat(stale).isNotEqualTo(ann.position);
        assertThat(logged()).doesNotContain(2L);
        assertThat(here.shard.counters().conflicts()).isOne();
        assertThat(here.shard.counters().resynchronised()).isOne();
        Delivery.Opened anew = (Delivery.Opened) vera.told.stream()
                .filter(Delivery.Opened.class::isInstance)
                .reduce((first, last) -> last)
                .orElseThrow();
        assertThat(anew.name()).isEqualTo("chat");
        assertThat(anew.catchUp().position()).isEqualTo(ann.position);
        assertThat(((Delivery.Blocks) anew.catchUp()).since()).isZero();
        assertThat(((Delivery.Blocks) anew.catchUp()).blocks())
                .extracting(block -> block.text().toString())
                .containsExactly("instead");
    }

    @Test
    void a_log_that_went_back_and_grew_to_the_same_revision_is_noticed_though_nobody_writes_here() {
        Client vera = new Client(VERA).open(here);
        vera.submit(here, 1, message("vera.1", "lost"));
        vera.submit(here, 2, message("vera.2", "lost"));
        hintsLost = true;
        kept.loseTail(KEY, 2);
        Client ann = new Client(ANN).open(there);
        ann.submit(there, 1, message("ann.1", "instead"));
        ann.submit(there, 2, message("ann.2", "instead"));
        assertThat(vera.position.revision()).isEqualTo(ann.position.revision());
        assertThat(vera.position).isNotEqualTo(ann.position);
        hintsLost = false;

        pass();

        assertThat(vera.position).isEqualTo(ann.position);
        assertThat(here.shard.counters().resynchronised()).isOne();
        ann.submit(there, 3, message("ann.3", "goes on"));
        assertThat(vera.entries.get(vera.entries.size() - 1).revision()).isEqualTo(4);
    }

    @Test
    void who_listens_at_a_node_that_has_forgotten_the_conversation_begins_anew_when_the_log_went_back() {
        here = new Node(() -> Fault.NONE, 1, 16);
        Client vera = new Client(VERA).open(here);
        vera.submit(here, 1, message("vera.1", "lost"));
        assertThat(here.shard.cache().asMap()).isEmpty();
        kept.loseTail(KEY, 1);
        pass();
        assertThat(logged()).hasSize(1);
        assertThat(vera.position.revision()).isOne();
        assertThat(here.shard.counters().resynchronised()).isOne();
    }

    @Test
    void what_others_appended_while_nothing_could_be_loaded_is_offered_again_too() {
        boolean[] fails = {false};
        here = new Node(() -> fails[0] ? Fault.LOST : Fault.NONE, 1 << 20, 16);
        Client vera = new Client(VERA).open(here);
        Client ann = new Client(ANN).open(there);
        vera.submit(here, 1, message("vera.1", "stored"));
        fails[0] = true;
        vera.submit(here, 2, message("vera.2", "not stored"));
        assertThat(here.shard.cache().asMap()).isEmpty();
        fails[0] = false;
        ann.submit(there, 1, message("ann.1", "followed"));
        assertThat(vera.entries).extracting(LoggedEntry::revision).containsExactly(2L, 3L);
        List<Long> before = logged();
        hintsLost = true;
        kept.loseTail(KEY, 2);

        Client late = new Client(DANA).open(here);
        late.submit(here, 1, message("dana.1", "goes on"));

        assertThat(logged()).startsWith(before.toArray(new Long[0])).hasSize(before.size() + 1);
        assertThat(vera.position).isEqualTo(late.position);
        assertThat(here.shard.counters().resynchronised()).isZero();
    }

    @Test
    void a_log_that_was_lost_from_its_beginning_is_begun_by_nobody_but_who_opens_it() {
        here = new Node(() -> Fault.NONE, 1, 16);
        new Client(VERA).open(here);
        Client dana = new Client(DANA).open(here);
        hintsLost = true;
        kept.loseTail(KEY, 1);

        dana.submit(here, 1, new Operation.Link("victor", "Victor"));

        assertThat(logged()).isEmpty();
        assertThat(dana.told).contains(new Delivery.Ended(KEY));
        assertThat(dana.answer()).isEqualTo(new Answer.Refused(Refusal.FOREIGN_POSITION, 77));
    }

    /** Of one client: it types into the draft whenever its last edit was answered. */
    private final class Writer {
        final Client client;
        final Node node;
        int answered;
        int refused;

        Writer(Node node, int number) {
            this.node = node;
            client = new Client(new Author("agent" + number, Role.AGENT, "Agent"));
            client.open(node);
            client.onEntry = this::heard;
        }

        void write() {
            client.send(
                    node, answered + 1, new Operation.SetAttribute("draft.1", "tag/x", Integer.toString(answered + 1)));
        }

        private void heard() {
            boolean own = client.last() instanceof Published published
                    && published.entries().stream()
                            .anyMatch(entry -> entry.entry().submission().seq() == answered + 1
                                    && entry.entry().author().equals(client.author));
            if (own) {
                answered++;
                write();
            } else if (client.last() instanceof Delivery.Answered answer) {
                assertThat(answer.answer()).isInstanceOf(Answer.Refused.class);
                refused++;
                write();
            }
        }
    }

    @Test
    @ExtendWith(Seed.Resolver.class)
    void of_eight_writers_at_each_of_two_nodes_none_starves(Seed seed) {
        for (int round = 0; round < 20; round++) {
            schedule = new Schedule(new Random(seed.value() + round));
            kept = new MemoryOperationStore(schedule.loop());
            here = new Node(() -> Fault.NONE, 1 << 24, 100_000);
            there = new Node(() -> Fault.NONE, 1 << 24, 100_000);
            new Client(VERA).open(here);
            Operation draft = new Operation.CreateBlock("draft.1", BlockKind.DRAFT, View.STAFF, "", Attributes.NONE);
            new Client(new Author("draft", Role.AGENT, "D")).open(here).submit(here, 1, draft);
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                writers.add(new Writer(i % 2 == 0 ? here : there, i));
            }
            writers.forEach(Writer::write);
            schedule.run(60_000);

            int[] answered =
                    writers.stream().mapToInt(writer -> writer.answered).toArray();
            assertThat(writers).allMatch(writer -> writer.refused == 0);
            int all = 0;
            for (int count : answered) {
                all += count;
            }
            assertThat(all).isGreaterThan(16 * 20);
            for (int count : answered) {
                assertThat(count)
                        .as("of %d answers, in %s", all, Arrays.toString(answered))
                        .isGreaterThan(all / 16 / 4);
            }
            assertThat(here.shard.counters().conflicts()
                            + there.shard.counters().conflicts())
                    .isPositive();
        }
    }
}

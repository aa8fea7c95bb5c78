package dev.parley.gateway.store;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static dev.parley.gateway.store.LogWriter.block;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.StateHashes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link OperationStore} promises; each engine runs it. */
public abstract class OperationStoreContract {
    private static final byte[] START = {};

    private static final String CHAT = ConversationSummary.CHAT;
    private static final String ARTICLE = ConversationSummary.ARTICLE;

    private OperationStore store;

    /** An empty store. */
    protected abstract OperationStore open();

    /** The store with what {@code closed} held. */
    protected abstract OperationStore reopen(OperationStore closed);

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private void reopen() {
        store.close();
        store = reopen(store);
    }

    private void store(Append append) {
        assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
    }

    private static void assertSame(List<LoggedEntry> actual, List<LoggedEntry> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).entry()).isEqualTo(expected.get(i).entry());
            assertThat(actual.get(i).content()).isEqualTo(expected.get(i).content());
            assertThat(actual.get(i).chain()).isEqualTo(expected.get(i).chain());
            assertThat(actual.get(i).hashes()).isEqualTo(StateHashes.NONE);
        }
    }

    private List<String> texts(ConversationKey key) {
        return await(store.load(key)).entries().stream()
                .map(entry -> new String(entry.content(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void an_unknown_conversation_is_empty() {
        ConversationKey unknown = new ConversationKey("tenant", "unknown");
        StoredConversation stored = await(store.load(unknown));
        assertThat(stored.entries()).isEmpty();
        assertThat(stored.outboxRows()).isEmpty();
        assertThat(stored.summary()).isNull();
        assertThat(await(store.read(unknown, 0, 10))).isEmpty();
        assertThat(await(store.conversationsOf("tenant", "visitor", 10))).isEmpty();
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).isEmpty();
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).next()).isEmpty();
    }

    @Test
    void a_log_reads_back_as_it_was_appended_also_after_a_restart() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("Hello", "are you there?");
        Append second = writer.append("G\u00fcnther \ud83d\ude00 \u0000 \u2028");
        store(first);
        store(second);
        List<LoggedEntry> expected = new ArrayList<>(first.entries());
        expected.addAll(second.entries());
        for (int round = 0; round < 2; round++) {
            StoredConversation stored = await(store.load(writer.key()));
            assertSame(stored.entries(), expected);
            assertThat(stored.outboxRows()).isEqualTo(second.outboxRows());
            assertThat(stored.summary()).isEqualTo(second.summary());
            reopen();
        }
    }

    @Test
    void loading_twice_gives_the_same_and_changes_nothing() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(writer.append("a", "b"));
        StoredConversation first = await(store.load(writer.key()));
        StoredConversation second = await(store.load(writer.key()));
        assertSame(second.entries(), first.entries());
        assertThat(second.outboxRows()).isEqualTo(first.outboxRows());
        assertThat(second.summary()).isEqualTo(first.summary());
        store(writer.append("c"));
    }

    @Test
    void an_append_at_another_position_is_a_conflict_and_leaves_no_trace() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        LogWriter behind = writer.copy();
        store(writer.append("first"));
        LogWriter foreign = LogWriter.of("tenant", "conversation");
        foreign.append("another first");
        LogWriter ahead = writer.copy();
        ahead.append("not stored");
        StoredConversation before = await(store.load(writer.key()));

        for (LogWriter wrong : List.of(behind, foreign, ahead)) {
            assertThat(wrong.position()).isNotEqualTo(writer.position());
            assertThat(await(store.append(List.of(wrong.at(5_000).append("lost")))))
                    .containsExactly(AppendResult.CONFLICT);
            assertThat(await(store.append(List.of(wrong.rejection(RejectCode.FORBIDDEN)))))
                    .containsExactly(AppendResult.CONFLICT);
        }

        StoredConversation after = await(store.load(writer.key()));
        assertSame(after.entries(), before.entries());
        assertThat(after.outboxRows()).isEqualTo(before.outboxRows());
        assertThat(after.summary()).isEqualTo(before.summary());
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).containsExactly(before.summary());
        store(writer.append("second"));
    }

    @Test
    void each_append_of_a_batch_stands_for_itself_and_is_answered_in_its_place() {
        LogWriter taken = LogWriter.of("tenant", "taken");
        LogWriter late = taken.copy();
        store(taken.append("first"));
        LogWriter one = LogWriter.of("tenant", "one");
        LogWriter two = LogWriter.of("tenant", "two");

        assertThat(await(store.append(List.of(one.append("1"), late.append("late"), two.append("2")))))
                .containsExactly(AppendResult.STORED, AppendResult.CONFLICT, AppendResult.STORED);

        assertThat(await(store.load(one.key())).entries()).hasSize(1);
        assertThat(await(store.load(two.key())).entries()).hasSize(1);
        assertThat(await(store.load(taken.key())).entries()).hasSize(1);
    }

    @Test
    void an_empty_batch_is_answered() {
        assertThat(await(store.append(List.of()))).isEmpty();
    }

    @Test
    void a_batch_with_two_appends_to_one_conversation_is_refused_as_a_whole() {
        LogWriter other = LogWriter.of("tenant", "other");
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("1");
        Append second = writer.append("2");
        assertThat(failure(store.append(List.of(other.append("0"), first, second))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.load(other.key())).entries()).isEmpty();
        assertThat(await(store.load(writer.key())).entries()).isEmpty();
    }

    @Test
    void entries_that_do_not_continue_the_chain_are_refused_with_their_whole_batch() {
        LogWriter other = LogWriter.of("tenant", "other");
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(writer.append("first"));
        LogWriter ahead = writer.copy();
        LoggedEntry second = ahead.next("second");
        LoggedEntry third = ahead.next("third");
        Append fine = writer.copy().append("second");
        for (List<LoggedEntry> entries : List.of(
                List.of(third),
                List.of(second, second),
                List.of(new LoggedEntry(second.entry(), third.content(), second.chain())),
                List.of(LoggedEntry.after(Chain.START, second.entry(), second.content())))) {
            Append broken =
                    new Append(writer.key(), writer.position(), entries, List.of(), List.of(), null, null, List.of());
            assertThat(failure(store.append(List.of(other.copy().append("0"), broken))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(await(store.load(other.key())).entries()).isEmpty();
        assertThat(await(store.load(writer.key())).entries()).hasSize(1);
        store(fine);
        store(other.append("0"));
    }

    @Test
    void a_summary_of_another_conversation_is_refused() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        ConversationSummary foreign = LogWriter.of("tenant", "foreign").summary("text");
        Append append =
                new Append(writer.key(), Position.START, List.of(), List.of(), List.of(), foreign, null, List.of());
        assertThat(failure(store.append(List.of(append)))).isInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).isEmpty();
    }

    @Test
    void a_rejection_is_remembered_without_an_entry() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append rejection = writer.rejection(RejectCode.TOO_LARGE);
        store(rejection);
        reopen();
        StoredConversation stored = await(store.load(writer.key()));
        assertThat(stored.entries()).isEmpty();
        assertThat(stored.outboxRows()).isEqualTo(rejection.outboxRows());
        assertThat(stored.outboxRows().get(0).rejected()).isEqualTo(RejectCode.TOO_LARGE);
        store(writer.append("now it fits"));
        assertThat(await(store.load(writer.key())).outboxRows()).containsExactly(writer.row(null));
    }

    @Test
    void every_reject_code_reads_back() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        for (RejectCode code : RejectCode.values()) {
            Append rejection = writer.rejection(code);
            store(rejection);
            assertThat(await(store.load(writer.key())).outboxRows()).isEqualTo(rejection.outboxRows());
        }
    }

    @Test
    void each_outbox_has_its_own_row_and_rows_come_in_the_order_of_subject_and_outbox() {
        ConversationKey key = new ConversationKey("tenant", "conversation");
        List<OutboxRow> rows = new ArrayList<>();
        for (String subject : List.of("", "a", "a\u0000", "a\u0000b", "a\u0001", "aa", "b", "\uffee", "\ud83d\ude00")) {
            for (String outbox : List.of("", "\u0000", "a", "b\u0000a")) {
                rows.add(new OutboxRow(subject, outbox, rows.size() + 1, -rows.size(), 7, 1, null));
            }
        }
        List<OutboxRow> shuffled = new ArrayList<>(rows);
        Collections.reverse(shuffled);
        store(new Append(key, Position.START, List.of(), shuffled, List.of(), null, null, List.of()));
        reopen();
        assertThat(await(store.load(key)).outboxRows()).isEqualTo(rows);
    }

    @Test
    void an_expired_row_is_gone_unless_its_outbox_was_answered_again() {
        ConversationKey key = new ConversationKey("tenant", "conversation");
        OutboxRow kept = new OutboxRow("ann", "kept", 1, 1, 7, 0, RejectCode.FORBIDDEN);
        OutboxRow expired = new OutboxRow("ann", "expired", 2, 2, 7, 0, RejectCode.FORBIDDEN);
        OutboxRow sameName = new OutboxRow("bob", "expired", 3, 3, 7, 0, RejectCode.FORBIDDEN);
        OutboxRow before = new OutboxRow("ann", "back", 4, 4, 7, 0, RejectCode.FORBIDDEN);
        OutboxRow after = new OutboxRow("ann", "back", 1, 5, 8, 0, RejectCode.FORBIDDEN);
        store(new Append(
                key,
                Position.START,
                List.of(),
                List.of(kept, expired, sameName, before),
                List.of(),
                null,
                null,
                List.of()));
        store(new Append(
                key, Position.START, List.of(), List.of(after), List.of(expired, before), null, null, List.of()));
        assertThat(await(store.load(key)).outboxRows()).containsExactly(after, kept, sameName);
        reopen();
        assertThat(await(store.load(key)).outboxRows()).containsExactly(after, kept, sameName);
    }

    @Test
    void without_a_new_summary_the_old_one_stays() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("first");
        store(first);
        LoggedEntry second = writer.next("second");
        store(new Append(
                writer.key(),
                first.entries().get(0).position(),
                List.of(second),
                List.of(),
                List.of(),
                null,
                null,
                List.of()));
        reopen();
        assertThat(await(store.load(writer.key())).summary()).isEqualTo(first.summary());
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).containsExactly(first.summary());
    }

    @Test
    void appends_can_follow_each_other_without_waiting_and_are_answered_in_the_order_of_the_calls() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> answered = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int call = i;
            CompletionStage<List<AppendResult>> stage = store.append(List.of(writer.append("text " + i)));
            answered.add(stage.thenAccept(results -> {
                        assertThat(results).containsExactly(AppendResult.STORED);
                        order.add(call);
                    })
                    .toCompletableFuture());
        }
        answered.forEach(Answers::await);
        assertThat(order).isEqualTo(IntStream.range(0, 500).boxed().toList());
        assertThat(await(store.load(writer.key())).entries()).hasSize(500);
    }

    @Test
    void of_many_writers_at_one_position_exactly_one_is_stored() throws InterruptedException {
        ConversationKey key = new ConversationKey("tenant", "conversation");
        AtomicInteger stored = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "writer " + i;
            Thread writer = new Thread(() -> {
                int mine = 0;
                while (mine < 25) {
                    Append append = LogWriter.after(key, await(store.load(key))).append(name);
                    if (await(store.append(List.of(append))).contains(AppendResult.STORED)) {
                        mine++;
                        stored.incrementAndGet();
                    }
                }
            });
            writers.add(writer);
            writer.start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        List<LoggedEntry> entries = await(store.load(key)).entries();
        assertThat(entries).hasSize(100);
        assertThat(stored).hasValue(100);
        Chain chain = Chain.START;
        for (LoggedEntry entry : entries) {
            chain = chain.next(Chain.digest(entry.content()));
            assertThat(entry.chain()).isEqualTo(chain);
        }
    }

    private Snapshot snapshotOf(ConversationKey key) {
        return Objects.requireNonNull(await(store.load(key)).snapshot());
    }

    @Test
    void a_snapshot_is_loaded_with_the_entries_since_and_all_entries_can_still_be_read() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("1", "2", "3");
        SnapshotPart part = writer.snapshot(0, 2, block("b", "two", 2), block("a", "one", 1));
        store(LogWriter.with(first, part));
        Append second = writer.append("4", "5");
        store(second);
        for (int round = 0; round < 2; round++) {
            StoredConversation stored = await(store.load(writer.key()));
            assertThat(stored.snapshot())
                    .isEqualTo(new Snapshot(
                            part.chain(),
                            part.timeMillis(),
                            part.attributes(),
                            List.of(block("a", "one", 1), block("b", "two", 2))));
            assertThat(stored.horizon()).isEqualTo(Chain.START);
            assertSame(stored.entries(), second.entries());
            assertThat(stored.end()).isEqualTo(writer.chain());
            assertThat(stored.summary()).isEqualTo(second.summary());
            assertSame(await(store.read(writer.key(), 0, 3)), first.entries());
            assertThat(await(store.read(writer.key(), 0, 5))).hasSize(5);
            assertThat(await(store.read(writer.key(), 2, 4))).hasSize(2);
            reopen();
        }
    }

    @Test
    void a_snapshot_replaces_the_blocks_that_changed_and_keeps_the_others() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(LogWriter.with(
                writer.append("1", "2"), writer.snapshot(0, 2, block("a", "one", 1), block("b", "two", 2))));
        store(LogWriter.with(
                writer.append("3"), writer.snapshot(2, 3, block("b", "changed", 3), block("c", "new", 3))));
        reopen();
        StoredConversation stored = await(store.load(writer.key()));
        assertThat(stored.entries()).isEmpty();
        assertThat(snapshotOf(writer.key()).blocks())
                .containsExactly(block("a", "one", 1), block("b", "changed", 3), block("c", "new", 3));
        assertThat(snapshotOf(writer.key()).chain()).isEqualTo(writer.chain());
        assertThat(snapshotOf(writer.key()).attributes()).containsEntry("title", "at 3");
    }

    @Test
    void a_snapshot_since_the_start_leaves_nothing_of_the_one_before() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(LogWriter.with(writer.append("1", "2"), writer.snapshot(0, 1, block("old", "text", 1))));
        store(writer.snapshotAlone(0, 1, block("new", "text", 2)));
        reopen();
        assertThat(snapshotOf(writer.key()).blocks()).containsExactly(block("new", "text", 2));
    }

    @Test
    void a_snapshot_needs_no_entry_and_no_blocks() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(writer.append("1"));
        store(writer.snapshotAlone(0, 0));
        assertThat(snapshotOf(writer.key()).blocks()).isEmpty();
        assertThat(await(store.load(writer.key())).entries()).isEmpty();
        store(writer.append("2"));
        assertThat(await(store.load(writer.key())).entries()).hasSize(1);
    }

    @Test
    void a_snapshot_of_elsewhere_is_refused_with_its_whole_batch() {
        LogWriter other = LogWriter.of("tenant", "other");
        LogWriter writer = LogWriter.of("tenant", "conversation");
        SnapshotPart ofNothing = writer.snapshot(0, 0);
        store(LogWriter.with(writer.append("1"), writer.snapshot(0, 1, block("a", "text", 1))));
        SnapshotPart early = writer.snapshot(0, 1, block("a", "text", 1));
        store(writer.append("2"));
        LogWriter foreign = LogWriter.of("tenant", "conversation");
        foreign.append("1", "another 2", "another 3");
        LogWriter ahead = writer.copy();
        Append append = ahead.append("3");
        for (SnapshotPart wrong :
                List.of(ofNothing, early, foreign.snapshot(0, 0), ahead.snapshot(2, 0), ahead.snapshot(3, 0))) {
            assertThat(failure(store.append(List.of(other.copy().append("0"), LogWriter.with(append, wrong)))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(failure(store.append(List.of(LogWriter.of("tenant", "empty").snapshotAlone(0, 0)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.load(other.key())).entries()).isEmpty();
        assertThat(snapshotOf(writer.key()).chain().revision()).isEqualTo(1);
        store(LogWriter.with(append, ahead.snapshot(1, 1)));
    }

    @Test
    void a_snapshot_that_meets_a_conflict_leaves_no_trace() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        LogWriter late = writer.copy();
        store(writer.append("1"));
        Append conflict = LogWriter.with(late.append("other"), late.snapshot(0, 1, block("a", "text", 1)));
        assertThat(await(store.append(List.of(conflict)))).containsExactly(AppendResult.CONFLICT);
        assertThat(await(store.load(writer.key())).snapshot()).isNull();
        store(writer.snapshotAlone(0, 0));
        assertThat(snapshotOf(writer.key()).blocks()).isEmpty();
    }

    @Test
    void snapshots_of_conversations_never_run_into_each_other() {
        List<LogWriter> writers = new ArrayList<>();
        for (String tenant : HOSTILE) {
            for (String conversation : HOSTILE) {
                LogWriter writer = LogWriter.of(new ConversationKey(tenant, conversation), "");
                writers.add(writer);
                SnapshotBlock block = block(conversation, tenant + " " + conversation, 1);
                store(LogWriter.with(writer.append("text"), writer.snapshot(0, 1, block)));
            }
        }
        store(writers.get(0).snapshotAlone(0, 0));
        reopen();
        assertThat(snapshotOf(writers.get(0).key()).blocks()).isEmpty();
        for (LogWriter writer : writers.subList(1, writers.size())) {
            ConversationKey key = writer.key();
            assertThat(snapshotOf(key).blocks())
                    .containsExactly(block(key.conversation(), key.tenant() + " " + key.conversation(), 1));
        }
    }

    @Test
    void blocks_with_ids_that_a_clumsy_key_would_confuse_are_told_apart() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        List<SnapshotBlock> blocks =
                HOSTILE.stream().map(id -> block(id, "text of " + id, 1)).toList();
        store(LogWriter.with(
                writer.append("text"), writer.snapshot(0, blocks.size(), blocks.toArray(SnapshotBlock[]::new))));
        reopen();
        assertThat(snapshotOf(writer.key()).blocks()).containsExactlyInAnyOrderElementsOf(blocks);
    }

    @Test
    void a_truncated_log_begins_after_the_revision_and_goes_on_as_before() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("1", "2", "3");
        store(LogWriter.with(first, writer.snapshot(0, 1, block("a", "text", 3))));
        Append second = writer.append("4");
        store(second);
        assertThat(await(store.truncate(writer.key(), 2))).isEqualTo(2);
        for (int round = 0; round < 2; round++) {
            StoredConversation stored = await(store.load(writer.key()));
            assertThat(stored.horizon()).isEqualTo(first.entries().get(1).chain());
            assertThat(stored.snapshot()).isNotNull();
            assertSame(stored.entries(), second.entries());
            assertThat(stored.outboxRows()).hasSize(1);
            assertSame(await(store.read(writer.key(), 2, 3)), first.entries().subList(2, 3));
            assertThat(await(store.read(writer.key(), 0, 4))).hasSize(2);
            assertThat(await(store.read(writer.key(), 0, 2))).isEmpty();
            reopen();
        }
        store(writer.append("5"));
        assertThat(await(store.read(writer.key(), 0, 9)))
                .extracting(LoggedEntry::revision)
                .containsExactly(3L, 4L, 5L);
    }

    @Test
    void a_log_is_cut_no_further_than_its_snapshot_and_never_grows_back() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        assertThat(await(store.truncate(writer.key(), 9))).isZero();
        store(writer.append("1", "2"));
        assertThat(await(store.truncate(writer.key(), 2))).isZero();
        assertThat(await(store.load(writer.key())).entries()).hasSize(2);
        store(writer.snapshotAlone(0, 0));
        store(writer.append("3", "4"));
        assertThat(await(store.truncate(writer.key(), 9))).isEqualTo(2);
        assertThat(await(store.truncate(writer.key(), 1))).isEqualTo(2);
        assertThat(await(store.truncate(writer.key(), -1))).isEqualTo(2);
        StoredConversation stored = await(store.load(writer.key()));
        assertThat(stored.horizon().revision()).isEqualTo(2);
        assertThat(stored.entries()).hasSize(2);
        store(writer.snapshotAlone(2, 0));
        assertThat(await(store.truncate(writer.key(), Long.MAX_VALUE))).isEqualTo(4);
        assertThat(await(store.read(writer.key(), 0, 9))).isEmpty();
        store(writer.append("5"));
        reopen();
        assertThat(await(store.load(writer.key())).end()).isEqualTo(writer.chain());
    }

    @Test
    void all_logs_are_listed_page_by_page_with_what_can_be_cut_of_them() {
        List<LogExtent> expected = new ArrayList<>();
        for (String tenant : HOSTILE) {
            for (String conversation : HOSTILE) {
                LogWriter writer = LogWriter.of(tenant, conversation);
                store(LogWriter.with(writer.append("1", "2", "3"), writer.snapshot(0, 0)));
                store(writer.append("4"));
                await(store.truncate(writer.key(), 2));
                expected.add(new LogExtent(writer.key(), 2, 3));
            }
        }
        reopen();
        List<LogExtent> all = new ArrayList<>();
        List<LogExtent> page = await(store.logs(null, 3));
        while (!page.isEmpty()) {
            all.addAll(page);
            page = await(store.logs(page.get(page.size() - 1).key(), 3));
        }
        assertThat(all).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        assertThat(await(store.logs(null, 10_000))).isEqualTo(all);
    }

    @Test
    void a_log_can_be_cut_at_an_append_that_was_not_answered_yet() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        List<CompletionStage<?>> stages = new ArrayList<>();
        stages.add(store.append(List.of(LogWriter.with(writer.append("1", "2"), writer.snapshot(0, 0)))));
        CompletionStage<Long> cut = store.truncate(writer.key(), 1);
        stages.add(store.append(List.of(writer.append("3"))));
        stages.forEach(Answers::await);
        assertThat(await(cut)).isEqualTo(1);
        assertThat(await(store.read(writer.key(), 0, 9)))
                .extracting(LoggedEntry::revision)
                .containsExactly(2L, 3L);
    }

    @Test
    void an_erased_entry_has_its_new_content_and_the_chain_stays_as_it_was() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("keep", "secret", "keep too");
        store(first);
        LoggedEntry secret = first.entries().get(1);
        Append redact = writer.append("redacted");
        store(LogWriter.with(redact, writer.snapshot(0, 1, block("a", "", 4)), LogWriter.erasure(secret)));
        Append last = writer.append("after");
        store(last);
        for (int round = 0; round < 2; round++) {
            List<LoggedEntry> entries = await(store.read(writer.key(), 0, 9));
            assertThat(entries).hasSize(5);
            assertThat(entries.get(1).entry()).isEqualTo(secret.entry().withEffects(List.of()));
            assertThat(entries.get(1).chain()).isEqualTo(secret.chain());
            assertSame(
                    List.of(entries.get(0), entries.get(2)),
                    List.of(first.entries().get(0), first.entries().get(2)));
            assertSame(await(store.read(writer.key(), 1, 2)), entries.subList(1, 2));
            assertSame(await(store.load(writer.key())).entries(), last.entries());
            assertThat(await(store.load(writer.key())).end()).isEqualTo(writer.chain());
            reopen();
        }
        await(store.purgeErased());
        assertThat(await(store.read(writer.key(), 0, 9))).hasSize(5);
    }

    @Test
    void an_entry_can_be_erased_by_the_append_that_adds_it_and_be_erased_again() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append append = writer.append("secret", "redacted");
        Erasure erasure = LogWriter.erasure(append.entries().get(0));
        store(LogWriter.with(append, writer.snapshot(0, 0), erasure));
        Append again = writer.append("once more");
        store(LogWriter.with(
                again,
                writer.snapshot(2, 0),
                LogWriter.erasure(append.entries().get(0)),
                LogWriter.erasure(append.entries().get(1))));
        reopen();
        List<LoggedEntry> entries = await(store.read(writer.key(), 0, 9));
        assertThat(entries).extracting(LoggedEntry::chain).last().isEqualTo(writer.chain());
        assertThat(entries.get(0).entry().effects()).isEmpty();
        assertThat(entries.get(1).entry().effects()).isEmpty();
        assertThat(entries.get(2).entry().effects()).hasSize(1);
    }

    @Test
    void erasing_what_was_cut_off_changes_nothing() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append append = writer.append("secret", "text");
        store(LogWriter.with(append, writer.snapshot(0, 0)));
        await(store.truncate(writer.key(), 1));
        Append redact = writer.append("redacted");
        store(LogWriter.with(
                redact,
                writer.snapshot(2, 0),
                LogWriter.erasure(append.entries().get(0))));
        assertThat(await(store.read(writer.key(), 0, 9)))
                .extracting(LoggedEntry::revision)
                .containsExactly(2L, 3L);
    }

    @Test
    void an_erasure_that_meets_a_conflict_erases_nothing() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append append = writer.append("text");
        store(append);
        LogWriter late = writer.copy();
        store(writer.append("first"));
        Append redact = late.append("late");
        assertThat(await(store.append(List.of(LogWriter.with(
                        redact,
                        late.snapshot(0, 0),
                        LogWriter.erasure(append.entries().get(0)))))))
                .containsExactly(AppendResult.CONFLICT);
        assertSame(await(store.read(writer.key(), 0, 1)), append.entries());
    }

    @Test
    void an_erasure_that_cannot_be_is_refused() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append first = writer.append("1", "2");
        store(first);
        LogWriter ahead = writer.copy();
        Append append = ahead.append("3");
        SnapshotPart snapshot = ahead.snapshot(0, 0);
        LogWriter further = ahead.copy();
        byte[] content = LogWriter.erasure(first.entries().get(0)).content();
        List<Append> wrong = List.of(
                LogWriter.with(append, null, new Erasure(1, content)),
                LogWriter.with(append, snapshot, new Erasure(2, content)),
                LogWriter.with(append, snapshot, new Erasure(1, new byte[] {1, 2, 3})),
                LogWriter.with(append, snapshot, new Erasure(1, content), new Erasure(1, content)),
                LogWriter.with(append, snapshot, LogWriter.erasure(further.next("4"))));
        for (Append refused : wrong) {
            assertThat(failure(store.append(List.of(refused)))).isInstanceOf(IllegalArgumentException.class);
        }
        assertSame(await(store.load(writer.key())).entries(), first.entries());
        store(append);
    }

    @Test
    void reading_gives_the_entries_after_one_revision_up_to_another() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append append = writer.append("1", "2", "3", "4", "5");
        store(append);
        assertSame(await(store.read(writer.key(), 0, 5)), append.entries());
        assertSame(await(store.read(writer.key(), 0, Long.MAX_VALUE)), append.entries());
        assertSame(await(store.read(writer.key(), 2, 4)), append.entries().subList(2, 4));
        assertSame(await(store.read(writer.key(), 4, 9)), append.entries().subList(4, 5));
        assertThat(await(store.read(writer.key(), 5, 9))).isEmpty();
        assertThat(await(store.read(writer.key(), 3, 3))).isEmpty();
    }

    @Test
    void a_long_log_reads_back_whole() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        List<LoggedEntry> expected = new ArrayList<>();
        List<CompletionStage<List<AppendResult>>> stages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String[] texts = IntStream.range(0, 100).mapToObj(n -> "text " + n).toArray(String[]::new);
            Append append = writer.append(texts);
            expected.addAll(append.entries());
            stages.add(store.append(List.of(append)));
        }
        stages.forEach(Answers::await);
        assertSame(await(store.load(writer.key())).entries(), expected);
        assertSame(await(store.read(writer.key(), 4_990, 5_000)), expected.subList(4_990, 5_000));
    }

    @Test
    void a_large_entry_reads_back() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        Append append = writer.append("x".repeat(3_000_000), "small");
        store(append);
        reopen();
        assertSame(await(store.load(writer.key())).entries(), append.entries());
    }

    /** Ids that a clumsy key would run into each other. */
    private static final List<String> HOSTILE = List.of(
            "",
            "a",
            "aa",
            "a/b",
            "a:b",
            "a\u0000",
            "a\u0000b",
            "\u0000",
            "\u0000\u0000",
            "\u0000\u0001",
            "\u0001",
            "\u00ff",
            "a\u0000\u0001",
            "a\u0001b",
            "b",
            "\u0000\u0001a",
            "..",
            "a\nb",
            "\ud83d\ude00",
            "\uffff",
            "%00",
            "{a}");

    @Test
    void ids_never_run_into_each_other() {
        List<LogWriter> writers = new ArrayList<>();
        List<Append> appends = new ArrayList<>();
        for (String tenant : HOSTILE) {
            for (String conversation : HOSTILE) {
                LogWriter writer = LogWriter.of(new ConversationKey(tenant, conversation), conversation);
                writers.add(writer);
                appends.add(writer.append("number " + writers.size()));
            }
        }
        assertThat(await(store.append(appends))).containsOnly(AppendResult.STORED);
        reopen();
        for (int i = 0; i < writers.size(); i++) {
            StoredConversation stored = await(store.load(writers.get(i).key()));
            assertSame(stored.entries(), appends.get(i).entries());
            assertThat(stored.outboxRows()).isEqualTo(appends.get(i).outboxRows());
            assertThat(stored.summary()).isEqualTo(appends.get(i).summary());
        }
        for (String tenant : HOSTILE) {
            assertThat(await(store.inbox(tenant, CHAT, START, 1_000)).rows())
                    .extracting(ConversationSummary::conversation)
                    .containsExactlyInAnyOrderElementsOf(HOSTILE);
            for (String visitor : HOSTILE) {
                assertThat(await(store.conversationsOf(tenant, visitor, 10)))
                        .isEqualTo(visitor.isEmpty() ? List.of() : List.of(visitor));
            }
        }
    }

    @Test
    void an_id_that_is_not_well_formed_is_refused() {
        String lone = "a\ud800";
        LogWriter writer = LogWriter.of("tenant", lone);
        ConversationKey key = writer.key();
        assertThat(failure(store.load(key))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failure(store.read(key, 0, 1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failure(store.truncate(key, 1))).isInstanceOf(IllegalArgumentException.class);
        Append row = new Append(
                new ConversationKey("tenant", "conversation"),
                Position.START,
                List.of(),
                List.of(new OutboxRow(lone, "outbox", 1, 1, 1, 0, null)),
                List.of(),
                null,
                null,
                List.of());
        assertThat(failure(store.append(List.of(row)))).isInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.load(row.key())).outboxRows()).isEmpty();
    }

    @Test
    void a_visitors_conversations_come_in_the_order_of_their_ids() {
        List<String> ids = List.of("1", "10", "2", "a", "aa", "b", "\uffee", "\ud83d\ude00");
        List<String> shuffled = new ArrayList<>(ids);
        Collections.reverse(shuffled);
        for (String id : shuffled) {
            store(LogWriter.of(new ConversationKey("tenant", id), "ann").append("text"));
        }
        store(LogWriter.of(new ConversationKey("tenant", "other"), "ann2").append("text"));
        store(LogWriter.of(new ConversationKey("elsewhere", "1"), "ann").append("text"));
        store(LogWriter.of(new ConversationKey("tenant", "article"), "").append("text"));
        reopen();
        assertThat(await(store.conversationsOf("tenant", "ann", 100))).isEqualTo(ids);
        assertThat(await(store.conversationsOf("tenant", "ann", 3))).isEqualTo(ids.subList(0, 3));
        assertThat(await(store.conversationsOf("tenant", "", 100))).isEmpty();
    }

    @Test
    void a_conversation_moves_with_the_visitor_of_its_summary() {
        ConversationKey key = new ConversationKey("tenant", "conversation");
        LogWriter writer = LogWriter.of(key, "anonymous");
        store(writer.append("text"));
        ConversationSummary known = summary("conversation", CHAT, "ann", 9_000);
        store(new Append(key, writer.position(), List.of(), List.of(), List.of(), known, null, List.of()));
        assertThat(await(store.conversationsOf("tenant", "anonymous", 10))).isEmpty();
        assertThat(await(store.conversationsOf("tenant", "ann", 10))).containsExactly("conversation");
        assertThat(await(store.load(key)).summary()).isEqualTo(known);
    }

    @Test
    void the_inbox_shows_each_conversation_once_latest_first() {
        LogWriter old = LogWriter.of("tenant", "old").at(1_000);
        LogWriter middle = LogWriter.of("tenant", "middle").at(2_000);
        LogWriter recent = LogWriter.of("tenant", "recent").at(3_000);
        store(middle.append("m"));
        store(recent.append("r"));
        store(old.append("o"));
        store(LogWriter.of("elsewhere", "foreign").at(9_000).append("f"));
        assertThat(conversations(START, 10)).containsExactly("recent", "middle", "old");
        store(old.at(4_000).append("o again"));
        reopen();
        assertThat(conversations(START, 10)).containsExactly("old", "recent", "middle");
        Append sameTime = middle.at(1_999).append("m again");
        store(sameTime);
        assertThat(conversations(START, 10)).containsExactly("old", "recent", "middle");
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).contains(sameTime.summary());
    }

    @Test
    void the_inbox_pages_through_all_conversations_even_of_one_moment() {
        List<Append> appends = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            String id = String.format("c%02d", i);
            appends.add(LogWriter.of("tenant", id).at(1_000 - i / 5).append("text"));
            expected.add(id);
        }
        Collections.reverse(appends);
        await(store.append(appends));
        for (int limit : new int[] {1, 4, 5, 24, 25, 26}) {
            List<String> seen = new ArrayList<>();
            byte[] cursor = START;
            int pages = 0;
            do {
                InboxPage page = await(store.inbox("tenant", CHAT, cursor, limit));
                assertThat(page.rows()).hasSizeLessThanOrEqualTo(limit);
                page.rows().forEach(row -> seen.add(row.conversation()));
                cursor = page.next();
                pages++;
            } while (cursor.length > 0);
            assertThat(seen).as("pages of %d", limit).isEqualTo(expected);
            assertThat(pages).isEqualTo((25 + limit - 1) / limit);
        }
    }

    @Test
    void a_page_goes_on_where_the_last_ended_though_its_last_row_moved_away() {
        LogWriter first = LogWriter.of("tenant", "first").at(3_000);
        LogWriter second = LogWriter.of("tenant", "second").at(2_000);
        LogWriter third = LogWriter.of("tenant", "third").at(1_000);
        await(store.append(List.of(first.append("1"), second.append("2"), third.append("3"))));
        InboxPage page = await(store.inbox("tenant", CHAT, START, 2));
        store(second.at(5_000).append("moved"));
        assertThat(conversations(page.next(), 10)).containsExactly("third");
    }

    @Test
    void a_made_up_cursor_shows_nothing_of_another_tenant() {
        for (String tenant : List.of("a", "b", "c")) {
            store(LogWriter.of(tenant, "of " + tenant).append("text"));
        }
        for (byte[] cursor : List.of(
                new byte[] {0},
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {0, 1, 'c', 0, 1},
                new byte[1_000])) {
            assertThat(await(store.inbox("b", CHAT, cursor, 10)).rows())
                    .extracting(ConversationSummary::conversation)
                    .isSubsetOf("of b");
        }
    }

    @Test
    void an_open_store_is_healthy() {
        assertThat(store.isHealthy()).isTrue();
    }

    @Test
    void calls_after_close_fail() {
        LogWriter writer = LogWriter.of("tenant", "conversation");
        store(writer.append("text"));
        store.close();
        assertThat(failure(store.load(writer.key()))).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.read(writer.key(), 0, 1))).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.append(List.of(writer.append("more"))))).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.truncate(writer.key(), 1))).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.purgeErased())).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.conversationsOf("tenant", "visitor", 1))).isInstanceOf(IllegalStateException.class);
        assertThat(failure(store.inbox("tenant", CHAT, START, 1))).isInstanceOf(IllegalStateException.class);
        store.isHealthy();
        store.close();
        store = reopen(store);
        assertThat(texts(writer.key())).hasSize(1);
    }

    @Test
    void each_kind_of_conversation_has_an_inbox_of_its_own() {
        ConversationKey chat = new ConversationKey("tenant", "chat");
        ConversationKey article = new ConversationKey("tenant", "article");
        ConversationSummary ofChat = summary("chat", CHAT, "ann", 2_000);
        ConversationSummary ofArticle = summary("article", ARTICLE, "", 3_000);
        store(new Append(chat, Position.START, List.of(), List.of(), List.of(), ofChat, null, List.of()));
        store(new Append(article, Position.START, List.of(), List.of(), List.of(), ofArticle, null, List.of()));
        reopen();
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).containsExactly(ofChat);
        assertThat(await(store.inbox("tenant", ARTICLE, START, 10)).rows()).containsExactly(ofArticle);
        assertThat(await(store.inbox("tenant", "", START, 10)).rows()).isEmpty();
    }

    @Test
    void a_conversation_moves_with_the_kind_of_its_summary() {
        ConversationKey key = new ConversationKey("tenant", "conversation");
        store(new Append(
                key,
                Position.START,
                List.of(),
                List.of(),
                List.of(),
                summary("conversation", CHAT, "ann", 2_000),
                null,
                List.of()));
        ConversationSummary article = summary("conversation", ARTICLE, "ann", 2_000);
        store(new Append(key, Position.START, List.of(), List.of(), List.of(), article, null, List.of()));
        assertThat(await(store.inbox("tenant", CHAT, START, 10)).rows()).isEmpty();
        assertThat(await(store.inbox("tenant", ARTICLE, START, 10)).rows()).containsExactly(article);
    }

    private static ConversationSummary summary(String conversation, String kind, String visitor, long timeMillis) {
        return new ConversationSummary(
                conversation,
                kind,
                visitor,
                "Ann",
                "open",
                "",
                "title",
                List.of("a", "b"),
                "text",
                Role.VISITOR,
                timeMillis,
                1);
    }

    private List<String> conversations(byte[] after, int limit) {
        return await(store.inbox("tenant", CHAT, after, limit)).rows().stream()
                .map(ConversationSummary::conversation)
                .toList();
    }
}

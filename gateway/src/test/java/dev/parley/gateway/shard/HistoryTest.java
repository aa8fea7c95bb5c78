package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seed.Resolver.class)
class HistoryTest {
    private static final Author ANN = new Author("ann", Role.VISITOR, "Ann");
    private static final int KEPT = 40;
    /** For packed entries, which stays when they go. */
    private static final int ROOM_BYTES_MAX = 20_000;

    private final History history = new History(Chain.START, KEPT);
    private final List<LoggedEntry> log = new ArrayList<>();

    @Test
    void what_was_packed_reads_as_it_was_logged() {
        for (int i = 0; i < 2 * KEPT - 1; i++) {
            append("a");
            history.stored(log.size());
        }
        assertSame(history.since(0), log);
        assertSame(history.since(33), log.subList(33, log.size()));
        for (LoggedEntry entry : log) {
            assertThat(history.holds(entry.position())).isTrue();
            assertThat(history.nextEdit(entry.revision() - 1, List.of(edit("a"))))
                    .usingRecursiveComparison()
                    .isEqualTo(entry);
        }
    }

    @Test
    void it_is_lighter_when_packed() {
        for (int i = 0; i < 39; i++) {
            append("a");
        }
        long before = history.weightBytes();
        history.stored(log.size());
        assertThat(history.weightBytes()).isLessThan(before / 2);
    }

    @Test
    void what_was_stored_is_cut_at_twice_what_is_kept_however_far_back_writers_are() {
        for (int i = 0; i < 10 * KEPT; i++) {
            append("a");
            history.stored(log.size());
            history.nextEdit(history.start(), List.of(edit("a")));
            assertThat(history.head().revision() - history.start()).isLessThan(2 * KEPT);
        }
        assertThat(history.start()).isPositive();
    }

    @Test
    void what_is_not_stored_is_neither_packed_nor_cut_and_can_be_taken_back() {
        for (int i = 0; i < 2 * KEPT - 1; i++) {
            append(i % 2 == 0 ? "a" : "b");
            history.stored(3);
        }
        history.takeBack(3);
        assertSame(history.since(0), log.subList(0, 3));
        assertThat(history.head()).isEqualTo(log.get(2).chain());
        assertThat(history.nextEdit(2, List.of(edit("b")))).isNull();
        assertThat(history.nextEdit(1, List.of(edit("b"))))
                .usingRecursiveComparison()
                .isEqualTo(log.get(1));
    }

    @Test
    void it_weighs_what_is_in_it_whatever_was_done(Seed seed) {
        SplittableRandom random = seed.random();
        long stored = 0;
        for (int i = 0; i < 5_000; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    stored += random.nextLong(log.size() - stored + 1);
                    history.stored(stored);
                }
                case 1 -> {
                    history.takeBack(stored);
                    log.subList((int) stored, log.size()).clear();
                }
                case 2 -> {
                    long from = history.start() + random.nextLong(log.size() - history.start() + 1);
                    history.nextEdit(from, List.of(edit("b")));
                    assertSame(history.since(from), log.subList((int) from, log.size()));
                }
                default -> append(random.nextBoolean() ? "a" : "b");
            }
            assertThat(history.weightBytes()).isBetween(0L, 1_000L * (log.size() - history.start()) + ROOM_BYTES_MAX);
        }
        history.takeBack(stored);
        assertThat(history.weightBytes()).isLessThan(1_000L * 2 * KEPT);
    }

    /** With the same bytes, if not in the same arrays. */
    private static void assertSame(List<LoggedEntry> entries, List<LoggedEntry> logged) {
        assertThat(entries).usingRecursiveFieldByFieldElementComparator().isEqualTo(logged);
    }

    private void append(String block) {
        Entry entry = new Entry(
                log.size() + 1,
                ANN,
                1_000 + log.size(),
                new SubmissionId("outbox", log.size() + 1, 7),
                "",
                List.of(edit(block)),
                0);
        LoggedEntry logged = LoggedEntry.after(history.head(), entry, EntryCodec.encode(entry));
        log.add(logged);
        history.append(logged);
    }

    private static Effect edit(String block) {
        return new Effect.EditText(block, 5, TextEdit.insert(3, "x"), View.PUBLIC);
    }
}

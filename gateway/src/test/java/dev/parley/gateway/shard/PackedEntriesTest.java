package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Role;
import dev.parley.conversation.StateHashes;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.Seed;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seed.Resolver.class)
class PackedEntriesTest {
    private static final Author ANN = new Author("ann", Role.VISITOR, "Ann");

    private Chain head = Chain.START;

    @Test
    void they_weigh_nothing_when_all_are_gone(Seed seed) {
        SplittableRandom random = seed.random();
        PackedEntries packed = new PackedEntries(head.revision());
        for (int i = 0; i < 10 * PackedBytes.ENTRIES_MAX; i++) {
            packed.add(entry(random).withHashes(StateHashes.NONE));
        }
        assertThat(packed.weightBytes()).isPositive();
        packed.dropFirst(packed.size());
        assertThat(packed.weightBytes()).isZero();
    }

    @Test
    void they_are_a_list_of_the_entries_whatever_is_added_replaced_dropped_or_forgotten(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 9; i++) {
            entry(random);
        }
        PackedEntries packed = new PackedEntries(head.revision());
        List<LoggedEntry> model = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            int index = model.isEmpty() ? 0 : random.nextInt(model.size());
            switch (random.nextInt(12)) {
                case 0 -> {
                    packed.dropFirst(index);
                    model.subList(0, index).clear();
                }
                case 1 -> {
                    packed.forgetHashes();
                    model.replaceAll(entry -> entry.withHashes(StateHashes.NONE));
                }
                case 2, 3 -> {
                    if (!model.isEmpty()) {
                        LoggedEntry other = erased(model.get(index), random);
                        packed.replace(index, other);
                        model.set(index, other);
                    }
                }
                default -> {
                    LoggedEntry next = entry(random);
                    packed.add(next);
                    model.add(next);
                }
            }
            assertThat(packed.size()).isEqualTo(model.size());
            if (!model.isEmpty()) {
                int any = random.nextInt(model.size());
                assertThat(packed.get(any)).usingRecursiveComparison().isEqualTo(model.get(any));
                assertThat(packed.chain(any)).isEqualTo(model.get(any).chain());
            }
        }
        for (int i = 0; i < model.size(); i++) {
            assertThat(packed.get(i)).usingRecursiveComparison().isEqualTo(model.get(i));
        }
    }

    @Test
    void they_weigh_little_more_than_their_bytes(Seed seed) {
        PackedEntries packed = new PackedEntries(0);
        long bytes = 0;
        for (int i = 0; i < 1_000; i++) {
            LoggedEntry entry = entry(seed.random()).withHashes(StateHashes.NONE);
            packed.add(entry);
            bytes += entry.content().length;
        }
        assertThat(packed.weightBytes()).isBetween(bytes, 2 * bytes + 50_000);
    }

    private LoggedEntry entry(SplittableRandom random) {
        long revision = head.revision() + 1;
        Entry entry = entry(revision, random);
        LoggedEntry logged = LoggedEntry.after(head, entry, EntryCodec.encode(entry));
        head = logged.chain();
        return random.nextInt(4) == 0 ? logged.withHashes(hashes(random)) : logged;
    }

    /** Of the same revision and chain. */
    private static LoggedEntry erased(LoggedEntry of, SplittableRandom random) {
        Entry entry = entry(of.revision(), random);
        StateHashes hashes = random.nextBoolean() ? hashes(random) : StateHashes.NONE;
        return new LoggedEntry(entry, EntryCodec.encode(entry), of.chain(), hashes);
    }

    private static Entry entry(long revision, SplittableRandom random) {
        Effect edit = new Effect.EditText("a", 5, TextEdit.insert(3, "x".repeat(1 + random.nextInt(300))), View.PUBLIC);
        return new Entry(
                revision, ANN, 1_000 + revision, new SubmissionId("outbox", revision, 7), "", List.of(edit), 0);
    }

    private static StateHashes hashes(SplittableRandom random) {
        return new StateHashes(OptionalLong.of(random.nextLong()), OptionalLong.empty());
    }
}

package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RejectedException;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.Transform;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.SimulatedWorld.Judge;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.StoredConversation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The farm: 2 to 32 clients in a world of their own, many worlds. {@code -Dparley.rounds=N} makes it N worlds, {@code
 * -Dparley.seed=S -Dparley.rounds=1} replays the one that failed with seed S.
 */
class ShardSimulationTest {
    private static final int ROUNDS = 1_000;
    private static final List<String> COMMANDS = List.of(
            "PublishDraft",
            "MergeBlocks",
            "TakeOver",
            "AcceptSuggestion",
            "DismissSuggestion",
            "CloseConversation",
            "ReopenConversation",
            "Redact",
            "Link",
            "StartRun",
            "AppendText",
            "FinishRun");

    @Test
    @ExtendWith(Seed.Resolver.class)
    void everyReplicaEndsAsTheLogReplayedAndNoCharacterIsLostOrDoubled(Seed first) {
        Totals totals = new Totals();
        int rounds = Integer.getInteger("parley.rounds", ROUNDS);
        IntStream.range(0, rounds)
                .parallel()
                .forEach(round -> totals.add(round(first.value() + round, Conversation::new)));

        System.out.println("shard simulation: " + rounds + " worlds, " + totals);
        if (rounds >= ROUNDS) {
            totals.requireEverything();
        }
    }

    /** In this world one node looks them up in the store just when it has lost a compare. */
    @Test
    void answersThatAnotherNodeGaveAreLookedUpAlsoWhileAConversationCatchesUp() {
        round(262431098153L, Conversation::new);
    }

    @Test
    @ExtendWith(Seed.Resolver.class)
    void operationsThatAreNotCrossedPairwiseAreNoticed(Seed seed) {
        requireNoticed(seed, Uncrossed::new);
    }

    @Test
    @ExtendWith(Seed.Resolver.class)
    void historyBeforeTheIncomingEditIsNoticed(Seed seed) {
        requireNoticed(seed, HistoryFirst::new);
    }

    @Test
    @ExtendWith(Seed.Resolver.class)
    void aRepetitionThatIsTakenForNewIsNoticed(Seed seed) {
        requireNoticed(seed, Repeating::new);
    }

    private static void requireNoticed(Seed seed, Judge judge) {
        assertThatThrownBy(() -> IntStream.range(0, 100).forEach(round -> round(seed.value() + round, judge)))
                .isInstanceOf(AssertionError.class);
    }

    /** Most worlds are small, so that there are many; some live long, and a few are crowded. */
    private static SimulatedWorld round(long seed, Judge judge) {
        int kind = (int) Math.floorMod(seed, 50L);
        int clients = kind == 0 ? 32 : kind < 4 ? 12 : 2 + kind % 5;
        int steps = kind < 4 ? 500 : kind < 8 ? 800 : 120;
        SimulatedWorld world = new SimulatedWorld(seed, nodes(seed), clients, losesTails(seed), judge);
        try {
            world.live(steps);
            world.settle();
            world.check();
        } catch (AssertionError | Exception e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        return world;
    }

    /** One of four has a node alone. By the upper digits, so that each kind of world is run with each number. */
    private static int nodes(long seed) {
        return 1 + (int) Math.floorMod(Math.floorDiv(seed, 3L), 4L);
    }

    private static boolean losesTails(long seed) {
        return Math.floorMod(Math.floorDiv(seed, 7L), 5L) == 0;
    }

    /** Each operation is moved past the entry as it was, not as it is after the operations before. */
    private static final class Uncrossed extends Conversation {
        Uncrossed(ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds) {
            super(key, stored, policy, limits, bounds);
        }

        @Override
        List<Effect> past(List<Effect> submission, Role author, Entry entry) throws RejectedException {
            List<Effect> moved = new ArrayList<>();
            for (Effect effect : submission) {
                moved.addAll(super.past(List.of(effect), author, entry));
            }
            return moved;
        }
    }

    /** At a tie the incoming edit stands right of history, whoever wrote it. */
    private static final class HistoryFirst extends Conversation {
        HistoryFirst(ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds) {
            super(key, stored, policy, limits, bounds);
        }

        @Override
        List<Effect> past(List<Effect> submission, Role author, Entry entry) throws RejectedException {
            return Transform.cross(submission, Role.AGENT, entry.effects(), Role.ASSISTANT)
                    .submission();
        }
    }

    /** What was answered is processed again. */
    private static final class Repeating extends Conversation {
        Repeating(ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds) {
            super(key, stored, policy, limits, bounds);
        }

        @Override
        @Nullable Answer dedupe(SubmissionId id, Author author, long nowMillis) {
            return null;
        }
    }

    /** What all worlds together have seen: a farm that does nothing finds nothing. */
    private static final class Totals {
        private final Map<String, AtomicInteger> commands = new ConcurrentHashMap<>();
        private final AtomicInteger entries = new AtomicInteger();
        private final AtomicInteger faults = new AtomicInteger();
        private final AtomicInteger submissions = new AtomicInteger();
        private final AtomicInteger severalOnOneBlock = new AtomicInteger();
        private final AtomicInteger hashes = new AtomicInteger();
        private final AtomicInteger behind = new AtomicInteger();
        private final AtomicInteger byBlocks = new AtomicInteger();
        private final AtomicInteger pages = new AtomicInteger();
        private final AtomicInteger conflicts = new AtomicInteger();
        private final AtomicInteger followed = new AtomicInteger();
        private final AtomicInteger hintsLost = new AtomicInteger();
        private final AtomicInteger pauses = new AtomicInteger();
        private final AtomicInteger tailsLost = new AtomicInteger();
        private final AtomicInteger reoffered = new AtomicInteger();
        private final AtomicInteger resynchronised = new AtomicInteger();
        private final AtomicInteger sentBack = new AtomicInteger();

        void add(SimulatedWorld world) {
            entries.addAndGet(world.log().size());
            faults.addAndGet(world.faults());
            hintsLost.addAndGet(world.hintsLost());
            pauses.addAndGet(world.pauses());
            tailsLost.addAndGet(world.tailsLost());
            for (Shard shard : world.shards()) {
                conflicts.addAndGet((int) shard.counters().conflicts());
                followed.addAndGet((int) shard.counters().followed());
                reoffered.addAndGet((int) shard.counters().reoffered());
                resynchronised.addAndGet((int) shard.counters().resynchronised());
                if (world.tailsLost() == 0) {
                    assertThat(shard.counters().reoffered() + shard.counters().resynchronised())
                            .isZero();
                }
            }
            for (Entry entry : world.log()) {
                commands.computeIfAbsent(entry.command(), first -> new AtomicInteger())
                        .incrementAndGet();
            }
            for (SimulatedClient client : world.clients()) {
                submissions.addAndGet(client.self().submissions());
                severalOnOneBlock.addAndGet(client.self().severalOnOneBlock());
                hashes.addAndGet(client.hashes());
                sentBack.addAndGet(client.sentBack());
                behind.addAndGet(client.behind());
                byBlocks.addAndGet(client.byBlocks());
                pages.addAndGet(client.pages());
            }
        }

        void requireEverything() {
            assertThat(commands.keySet()).containsAll(COMMANDS);
            assertThat(severalOnOneBlock.get()).isGreaterThan(submissions.get() / 4);
            assertThat(List.of(hashes.get(), behind.get(), byBlocks.get(), pages.get(), faults.get()))
                    .allMatch(count -> count > 100);
            assertThat(List.of(tailsLost.get(), reoffered.get(), resynchronised.get(), sentBack.get()))
                    .allMatch(count -> count > 20);
            assertThat(List.of(conflicts.get(), followed.get(), hintsLost.get(), pauses.get()))
                    .allMatch(count -> count > 1_000);
        }

        @Override
        public String toString() {
            return entries + " entries of " + submissions + " submissions (" + severalOnOneBlock
                    + " with several operations on one block), " + faults + " faults, " + behind + " bases too old, "
                    + byBlocks + " catch-ups by blocks, " + pages + " pages of older ones, " + hashes + " hashes, "
                    + conflicts
                    + " lost compares, " + followed + " entries followed, " + hintsLost + " hints lost, " + pauses
                    + " pauses, " + tailsLost + " appends lost with a tail, " + reoffered + " entries offered again, "
                    + resynchronised + " logs found to be others, " + sentBack + " clients sent back; "
                    + commands;
        }
    }
}

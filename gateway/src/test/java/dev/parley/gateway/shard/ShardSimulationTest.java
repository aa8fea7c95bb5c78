package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.FaultyOperationStore;
import dev.parley.gateway.store.FaultyOperationStore.Fault;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.OperationStore;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Shards, a memory store and replicas in one thread under one seed: links are cut, submissions doubled, appends fail and
 * conflict, the gateway restarts with everything in flight lost. {@code -Dparley.seed=N} replays one world, {@code
 * -Dparley.rounds=N} runs more.
 */
class ShardSimulationTest {
    private static final ConversationKey KEY = new ConversationKey("shop", "chat-of-vera");
    private static final int STEPS = 400;
    private static final List<Fault> FAULTS = List.of(Fault.values());

    @Test
    @ExtendWith(Seed.Resolver.class)
    void everyReplicaEndsAsTheLogReplayedAndNoCharacterIsLostOrDoubled(Seed first) throws Exception {
        long seed = first.value();
        int rounds = Integer.getInteger("parley.rounds", 150);
        long entries = 0;
        long behind = 0;
        for (int round = 0; round < rounds; round++) {
            World world = new World(seed + round);
            try {
                world.live();
                world.settle();
                world.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (seed + round) + ": " + e.getMessage(), e);
            }
            entries += world.log.size();
            behind += world.faults;
        }
        System.out.printf("shard simulation: %d worlds, %d entries, %d faults%n", rounds, entries, behind);
        assertThat(entries).isGreaterThan(rounds * 20L);
    }

    private static final class World {
        private final Random random;
        private final Schedule schedule;
        private final OperationStore kept;
        private final FaultyOperationStore store;
        private final List<SimulatedClient> clients = new ArrayList<>();
        private final List<Schedule.SimulatedLoop> loops = new ArrayList<>();
        private ShardGroup shards;
        private boolean healthy;
        private int nextCharacter = 0x3400;
        private long nowMillis = 1_000_000;
        private int faults;
        private List<Entry> log = List.of();

        World(long seed) {
            random = new Random(seed);
            schedule = new Schedule(random);
            kept = new MemoryOperationStore(schedule.loop());
            store = new FaultyOperationStore(kept, this::fault);
            shards = start();
            String[] visitors = {"vera", "vera", "vera"};
            String[] agents = {"ann", "bob"};
            for (String visitor : visitors) {
                add(new Author(visitor, Role.VISITOR, "Vera"));
            }
            for (String agent : agents) {
                add(new Author(agent, Role.AGENT, agent));
            }
        }

        private void add(Author author) {
            clients.add(new SimulatedClient(
                    author, "o" + clients.size(), KEY, shards, schedule, random, this::freshCharacter));
        }

        private int freshCharacter() {
            nextCharacter++;
            if (nextCharacter == 0xA000) {
                nextCharacter = 0x20000;
            }
            return nextCharacter;
        }

        private Fault fault() {
            if (healthy || random.nextInt(12) > 0) {
                return Fault.NONE;
            }
            faults++;
            return FAULTS.get(random.nextInt(FAULTS.size()));
        }

        private ShardGroup start() {
            loops.forEach(Schedule.SimulatedLoop::kill);
            loops.clear();
            List<Shard> all = new ArrayList<>();
            InstantSource clock = () -> Instant.ofEpochMilli(nowMillis += random.nextInt(50) - 10);
            int[] handles = {0};
            int historyEntries = 4 + random.nextInt(40);
            int snapshotEntries = 1 + random.nextInt(40);
            long cacheBytes = random.nextBoolean() ? 1 : 10_000_000;
            for (int i = 0; i < 2; i++) {
                Schedule.SimulatedLoop loop = schedule.loop();
                loops.add(loop);
                all.add(new Shard(
                        loop,
                        store,
                        new Policy(),
                        Limits.DEFAULT,
                        new ShardLimits(cacheBytes, 1_000, 1 << 20, 100, historyEntries, snapshotEntries),
                        clock,
                        new Inbox(store),
                        () -> ++handles[0],
                        (key, visitor) -> {}));
            }
            return new ShardGroup(all);
        }

        void live() {
            clients.get(0).connect(shards);
            for (int step = 0; step < STEPS; step++) {
                SimulatedClient client = clients.get(random.nextInt(clients.size()));
                int dice = random.nextInt(100);
                if (dice < 55) {
                    client.act();
                } else if (dice < 62) {
                    client.cut();
                } else if (dice < 75) {
                    if (!client.isConnected()) {
                        client.connect(shards);
                    }
                } else if (dice < 85) {
                    client.retry();
                } else if (dice < 87) {
                    store.release();
                } else if (dice == 87) {
                    shards = start();
                    clients.forEach(SimulatedClient::cut);
                }
                schedule.run(random.nextInt(30));
            }
        }

        void settle() {
            healthy = true;
            for (int round = 0; round < 1_000; round++) {
                for (SimulatedClient client : clients) {
                    if (!client.isConnected()) {
                        client.connect(shards);
                    } else if (!client.isIdle()) {
                        client.retry();
                    }
                }
                store.release();
                schedule.run(100_000);
                if (clients.stream().allMatch(SimulatedClient::isIdle)) {
                    return;
                }
            }
            throw new AssertionError("clients never came to rest: " + clients);
        }

        void check() throws InterruptedException, ExecutionException {
            schedule.run(100_000);
            var stage = kept.read(KEY, 0, Long.MAX_VALUE).toCompletableFuture();
            schedule.run(100_000);
            log = stage.get().stream().map(LoggedEntry::entry).toList();
            Set<SubmissionId> seen = new HashSet<>();
            for (int i = 0; i < log.size(); i++) {
                assertThat(log.get(i).revision()).isEqualTo(i + 1);
                SubmissionId id = log.get(i).submission();
                assertThat(id.equals(SubmissionId.NONE) || seen.add(id))
                        .as("doubled " + id)
                        .isTrue();
            }
            for (View view : View.values()) {
                String replayed = CanonicalText.of(replay(view));
                for (SimulatedClient client : clients) {
                    if (client.view() == view) {
                        requireSame(replayed, CanonicalText.of(client.replica().confirmed()), client);
                    }
                }
            }
            for (SimulatedClient client : clients) {
                for (SubmissionId id : client.typed().keySet()) {
                    assertThat(seen.contains(id) != client.rejected().contains(id))
                            .as("accepted or rejected, one of the two: " + id)
                            .isTrue();
                }
            }
            checkCharacters(seen);
        }

        private static void requireSame(String replayed, String shown, SimulatedClient client) {
            int same = 0;
            while (same < Math.min(replayed.length(), shown.length()) && replayed.charAt(same) == shown.charAt(same)) {
                same++;
            }
            if (!replayed.equals(shown)) {
                throw new AssertionError(client + " differs from the log:\n" + around(replayed, same) + "\nbut shows\n"
                        + around(shown, same));
            }
        }

        private static String around(String text, int index) {
            return text.substring(Math.max(0, index - 200), Math.min(text.length(), index + 100));
        }

        private ConversationState replay(View view) {
            ConversationState state = new ConversationState(view);
            for (Entry entry : log) {
                Entry visible = entry.seenBy(view);
                if (!visible.effects().isEmpty()) {
                    state.apply(visible);
                }
            }
            return state;
        }

        /** What stands in a block is what was inserted by accepted submissions without what any of them selected to delete. */
        private void checkCharacters(Set<SubmissionId> accepted) {
            Map<String, Set<Integer>> expected = new HashMap<>();
            Map<String, Set<Integer>> deleted = new HashMap<>();
            for (SimulatedClient client : clients) {
                client.typed().forEach((id, typed) -> {
                    if (accepted.contains(id)) {
                        expected.computeIfAbsent(typed.block(), block -> new HashSet<>())
                                .addAll(typed.inserted());
                        deleted.computeIfAbsent(typed.block(), block -> new HashSet<>())
                                .addAll(typed.deleted());
                    }
                });
            }
            deleted.forEach((block, gone) ->
                    expected.getOrDefault(block, new HashSet<>()).removeAll(gone));
            for (Block block : replay(View.STAFF).blocks()) {
                List<Integer> characters =
                        block.text().toString().codePoints().boxed().toList();
                assertThat(characters).as("doubled in " + block.id()).doesNotHaveDuplicates();
                assertThat(characters.stream().collect(Collectors.toSet()))
                        .as("characters of " + block.id())
                        .isEqualTo(expected.getOrDefault(block.id(), Set.of()));
            }
        }
    }
}

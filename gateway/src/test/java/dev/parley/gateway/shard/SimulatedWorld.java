package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Anchor;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.CharacterLedger;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Effect;
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
import dev.parley.gateway.store.StoredConversation;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * One to four nodes, the memory store they share and replicas in one thread under one seed: links are cut and lead to another
 * node the next time, submissions are doubled, appends fail and conflict, nodes hear late of each other, stand still or start
 * again with everything in flight lost. It lives for a while, comes to rest, and is looked at.
 */
final class SimulatedWorld {
    private static final ConversationKey KEY = new ConversationKey("shop", "chat-of-vera");
    private static final int HISTORY_ENTRIES = 50;
    /** As many as there are kinds of worlds. */
    private static final long SEEDS_WITH_ONE_LIMIT = 50;

    private static final Limits SMALL_SNAPSHOTS =
            new Limits(1 << 18, 64, 16_384, 128, 1_024, 64, 1_024, 256, 25_000, 1 << 17, 20_000, 5, 0, 0, 0, 0);
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final List<Author> AUTHORS = List.of(
            new Author("vera", Role.VISITOR, "Vera"),
            new Author("ann", Role.AGENT, "Ann"),
            new Author("ai", Role.ASSISTANT, ""),
            new Author("ada", Role.ADMIN, "Ada"),
            new Author("vera", Role.VISITOR, "Vera"),
            new Author("bob", Role.AGENT, "Bob"),
            new Author("shop", Role.SERVICE, ""),
            new Author("ann", Role.AGENT, "Ann"));

    private final Random random;
    private final Judge judge;
    private final Limits limits;
    private final Schedule schedule;
    private final MemoryOperationStore kept;
    private final List<FaultyOperationStore> stores = new ArrayList<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<Runnable> lateHints = new ArrayList<>();
    private final Schedule.SimulatedLoop announcing;
    private final CharacterLedger ledger = new CharacterLedger();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private boolean healthy;
    private long nowMillis = 1_000_000;
    private int faults;
    private int hintsLost;
    private int pauses;
    private int handles;
    private final boolean losesTails;
    private int tailsLost;
    private List<Entry> log = List.of();

    /** Makes the conversations that decide order. */
    interface Judge {
        Conversation of(
                ConversationKey key, StoredConversation stored, Policy policy, Limits limits, ShardLimits bounds);
    }

    /** {@code losesTails}: now and then the log goes back, as when a replica without its tail takes over. */
    SimulatedWorld(long seed, int nodeCount, int clientCount, boolean losesTails, Judge judge) {
        random = new Random(seed);
        this.losesTails = losesTails;
        this.judge = judge;
        // By the seed itself: what Random says first is the same for a thousand seeds in a row.
        limits = Math.floorMod(Math.floorDiv(seed, SEEDS_WITH_ONE_LIMIT), 2L) == 0 ? Limits.DEFAULT : SMALL_SNAPSHOTS;
        schedule = new Schedule(random);
        kept = new MemoryOperationStore(schedule.loop());
        announcing = schedule.loop();
        for (int i = 0; i < nodeCount; i++) {
            FaultyOperationStore store =
                    new FaultyOperationStore(kept.beside(schedule.loop(), this::announce), this::fault);
            stores.add(store);
            nodes.add(new SimulatedNode(schedule, store, loop -> shard(loop, store)));
        }
        for (int i = 0; i < clientCount; i++) {
            clients.add(new SimulatedClient(
                    AUTHORS.get(i % AUTHORS.size()),
                    "o" + i,
                    KEY,
                    nodes.get(0).shards(),
                    schedule,
                    random,
                    ledger,
                    limits.snapshotBlocks(),
                    losesTails));
        }
    }

    List<Entry> log() {
        return log;
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    int faults() {
        return faults;
    }

    int hintsLost() {
        return hintsLost;
    }

    int tailsLost() {
        return tailsLost;
    }

    int pauses() {
        return pauses;
    }

    List<Shard> shards() {
        return nodes.stream().flatMap(node -> node.all().stream()).toList();
    }

    private Fault fault() {
        if (healthy || random.nextInt(12) > 0) {
            return Fault.NONE;
        }
        faults++;
        return FAULTS.get(random.nextInt(FAULTS.size()));
    }

    /** A hint that is lost comes late: the engine looks by itself now and then. */
    private void announce(Runnable hint) {
        int dice = healthy ? 9 : random.nextInt(10);
        if (dice < 2) {
            hintsLost++;
            lateHints.add(hint);
            return;
        }
        announcing.execute(hint);
        if (dice == 2) {
            announcing.execute(hint);
        }
    }

    private void hintLate() {
        lateHints.forEach(announcing::execute);
        lateHints.clear();
    }

    private Shard shard(Schedule.SimulatedLoop loop, OperationStore store) {
        InstantSource clock = () -> Instant.ofEpochMilli(nowMillis += random.nextInt(50) - 10);
        int historyEntries = random.nextBoolean() ? HISTORY_ENTRIES : 4 + random.nextInt(HISTORY_ENTRIES - 4);
        int snapshotEntries = 1 + random.nextInt(HISTORY_ENTRIES);
        long cacheBytes = random.nextBoolean() ? 1 : 10_000_000;
        Policy policy = new Policy();
        ShardLimits bounds = new ShardLimits(cacheBytes, 1_000, 1 << 20, 100, historyEntries, snapshotEntries);
        return new Shard(
                loop,
                store,
                (key, stored) -> judge.of(key, stored, policy, limits, bounds),
                bounds,
                clock,
                new Inbox(store),
                () -> ++handles,
                (key, visitor) -> {},
                random);
    }

    private SimulatedNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** They come one after the other, the last when two thirds are over. */
    void live(int steps) {
        clients.get(0).connect(anyNode().shards());
        for (int step = 0; step < steps; step++) {
            int here = Math.min(clients.size(), 1 + step * clients.size() * 3 / (2 * steps));
            SimulatedClient client = clients.get(random.nextInt(here));
            int dice = random.nextInt(100);
            if (dice < 55) {
                client.act();
            } else if (dice < 62) {
                client.cut();
            } else if (dice < 75) {
                if (!client.isConnected()) {
                    client.connect(anyNode().shards());
                }
            } else if (dice < 85) {
                client.retry();
            } else if (dice < 87) {
                stores.forEach(FaultyOperationStore::release);
            } else if (dice == 87) {
                restart(anyNode());
            } else if (dice == 88) {
                anyNode().pause(true);
                pauses++;
            } else if (dice < 91) {
                nodes.forEach(node -> node.pause(false));
            } else if (dice < 93) {
                hintLate();
            } else if (dice == 93 && losesTails) {
                tailsLost += kept.loseTail(KEY, 1 + random.nextInt(4));
            }
            schedule.run(random.nextInt(30));
        }
    }

    /** The engine looks by itself now and then. */
    private void hintAll() {
        if (losesTails) {
            kept.hint(KEY);
            schedule.run(100_000);
        }
    }

    private void restart(SimulatedNode node) {
        clients.stream().filter(client -> client.isServedBy(node.shards())).forEach(SimulatedClient::cut);
        node.restart();
    }

    void settle() {
        healthy = true;
        nodes.forEach(node -> node.pause(false));
        hintAll();
        for (int round = 0; round < 1_000; round++) {
            for (SimulatedClient client : clients) {
                if (!client.isConnected()) {
                    client.connect(anyNode().shards());
                } else if (!client.isIdle()) {
                    client.retry();
                }
            }
            stores.forEach(FaultyOperationStore::release);
            hintLate();
            schedule.run(100_000);
            if (clients.stream().allMatch(SimulatedClient::isIdle)) {
                hintAll();
                if (!clients.stream().allMatch(SimulatedClient::isIdle)) {
                    continue;
                }
                return;
            }
        }
        throw new AssertionError("clients never came to rest: " + clients);
    }

    void check() throws InterruptedException, ExecutionException {
        schedule.run(100_000);
        var stage = kept.read(KEY, 0, Long.MAX_VALUE).toCompletableFuture();
        schedule.run(100_000);
        List<LoggedEntry> stored = stage.get();
        log = stored.stream().map(LoggedEntry::entry).toList();
        Set<SubmissionId> seen = new HashSet<>();
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i).revision()).isEqualTo(i + 1);
            SubmissionId id = log.get(i).submission();
            assertThat(id.equals(SubmissionId.NONE) || seen.add(id))
                    .as("doubled " + id)
                    .isTrue();
        }
        clients.forEach(client -> client.requireTold(stored));
        for (View view : View.values()) {
            String replayed = CanonicalText.of(replay(view));
            for (SimulatedClient client : clients) {
                if (client.view() == view) {
                    requireSame(replayed, CanonicalText.of(client.replica().confirmed()), client);
                }
            }
        }
        CharacterLedger.requireErased(log, replay(View.STAFF));
        nodes.forEach(SimulatedNode::requireNothingWaits);
        if (tailsLost == 0) {
            requireAllKept(seen);
        }
    }

    private void requireAllKept(Set<SubmissionId> seen) {
        Set<SubmissionId> rejected =
                clients.stream().flatMap(client -> client.rejected().stream()).collect(Collectors.toSet());
        clients.forEach(client -> ledger.unsent(client.replica().unsent()));
        ledger.requireAnswered(seen, rejected);
        ledger.requireKept(log, replay(View.STAFF));
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
            if (view == View.STAFF) {
                requireFenced(entry, state);
            }
            Entry visible = entry.seenBy(view);
            if (!visible.effects().isEmpty()) {
                state.apply(visible);
            }
        }
        return state;
    }

    /** No text of a run comes after it ended or somebody took over. */
    private static void requireFenced(Entry entry, ConversationState before) {
        if (!entry.command().equals("AppendText")) {
            return;
        }
        for (Effect effect : entry.effects()) {
            Block block = before.block(effect.target());
            Anchor place = block == null ? null : block.anchor(entry.origin().run());
            if (place == null || !place.run()) {
                throw new AssertionError("a token after its run: " + entry);
            }
        }
    }
}

package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.Answers;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.Seed;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The inboxes of two nodes, which share a store and what they tell each other. */
@ExtendWith(Seed.Resolver.class)
class InboxTest {
    private static final int TELLS_PER_POLL = 300;
    private static final byte[] FROM_START = {};

    private final MemoryOperationStore store = new MemoryOperationStore(Runnable::run);
    private final List<Runnable> mail = new ArrayList<>();
    private final MemoryEphemeral shared = new MemoryEphemeral(() -> Instant.EPOCH, mail::add);
    private final Inbox here = new Inbox(store, shared);
    private final Inbox there = new Inbox(store, shared);
    private final LogWriter log = LogWriter.of("shop", "a");
    private final Agent ann = new Agent("shop");

    /** Keeps the text of each row that it is told. */
    private static final class Agent implements Subscriber {
        private final List<String> told = new ArrayList<>();
        private final Map<String, Long> revisions = new HashMap<>();
        private final Principal principal;

        Agent(String tenant) {
            principal = new Principal(tenant, new Author("ann", Role.AGENT, "Ann"), Long.MAX_VALUE);
        }

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public Loop loop() {
            return DirectLoop.INSTANCE;
        }

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            for (ConversationSummary row : ((Delivery.InboxRows) delivery).rows()) {
                told.add(row.lastText());
                long before = revisions.getOrDefault(row.conversation(), 0L);
                assertThat(row.revision()).isGreaterThan(before);
                revisions.put(row.conversation(), row.revision());
            }
        }
    }

    @Test
    void whatChangesAtOneNodeIsToldAtTheOther() {
        watch(there, ann);
        change(here, log.append("hello"));
        here.tell();
        deliver();
        there.tell();

        assertThat(ann.told).containsExactly("hello");
    }

    @Test
    void ofManyChangesWithinABeatTheLatestIsTold() {
        watch(there, ann);
        for (int i = 0; i < 50; i++) {
            change(here, log.append("message " + i));
        }
        here.tell();
        assertThat(mail).hasSize(1);
        deliver();
        there.tell();

        assertThat(ann.told).containsExactly("message 49");
    }

    @Test
    void whoWatchesWhereItChangesIsToldOnce() {
        watch(here, ann);
        watch(there, new Agent("shop"));
        change(here, log.append("hello"));
        here.tell();
        deliver();
        here.tell();

        assertThat(ann.told).containsExactly("hello");
    }

    @Test
    void whatIsLateIsNotToldAfterWhatIsNewer() {
        watch(there, ann);
        change(here, log.append("older"));
        here.tell();
        List<Runnable> late = List.copyOf(mail);
        mail.clear();
        change(here, log.append("newer"));
        here.tell();
        deliver();
        there.tell();
        late.forEach(Runnable::run);
        there.tell();

        assertThat(ann.told).containsExactly("newer");
    }

    @Test
    void aMessageThatIsLostIsMadeUpForFromTheStore() {
        watch(there, ann);
        change(here, log.append("lost"));
        here.tell();
        mail.clear();
        for (int i = 0; i < TELLS_PER_POLL + 1; i++) {
            there.tell();
        }
        assertThat(ann.told).containsExactly("lost");

        for (int i = 0; i < 2 * TELLS_PER_POLL; i++) {
            there.tell();
        }
        assertThat(ann.told).hasSize(1);
    }

    @Test
    void anotherTenantAndWhoHasLeftAreToldNothing() {
        Agent other = new Agent("other shop");
        watch(there, ann);
        watch(there, other);
        there.leave(ann);
        change(here, log.append("hello"));
        here.tell();
        deliver();
        there.tell();

        assertThat(ann.told).isEmpty();
        assertThat(other.told).isEmpty();
    }

    @Test
    void whoWatchesThisNodeAloneIsToldNothingOfOthers() {
        there.watchHere(ann, ConversationSummary.CHAT, FROM_START, 10);
        change(here, log.append("there"));
        here.tell();
        deliver();
        there.tell();
        assertThat(ann.told).isEmpty();

        change(there, log.append("here"));
        there.tell();
        assertThat(ann.told).containsExactly("here");
    }

    @Test
    void whateverIsLostDoubledOrLateAgentsEndWithTheLatestAndNeverGoBack(Seed seed) {
        SplittableRandom random = seed.random();
        Agent ben = new Agent("shop");
        watch(here, ann);
        watch(there, ben);
        List<LogWriter> logs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            logs.add(LogWriter.of("shop", "c" + i));
        }
        for (int i = 0; i < 5_000; i++) {
            LogWriter changing = logs.get(random.nextInt(logs.size()));
            change(random.nextBoolean() ? here : there, changing.append("text " + i));
            if (random.nextInt(4) == 0) {
                here.tell();
                there.tell();
            }
            if (!mail.isEmpty() && random.nextBoolean()) {
                int at = random.nextInt(mail.size());
                switch (random.nextInt(4)) {
                    case 0 -> mail.remove(at);
                    case 1 -> mail.get(at).run();
                    default -> mail.remove(at).run();
                }
            }
        }
        mail.clear();
        for (int i = 0; i < 2 * TELLS_PER_POLL; i++) {
            here.tell();
            there.tell();
        }

        Map<String, Long> latest = new HashMap<>();
        logs.forEach(each -> latest.put(each.key().conversation(), each.chain().revision()));
        latest.values().removeIf(revision -> revision == 0);
        assertThat(ann.revisions).isEqualTo(latest);
        assertThat(ben.revisions).isEqualTo(latest);
    }

    private static void watch(Inbox inbox, Agent agent) {
        inbox.watch(agent, ConversationSummary.CHAT, FROM_START, 10);
    }

    /** As a shard does once the store has it. */
    private void change(Inbox inbox, Append append) {
        Answers.await(store.append(List.of(append)));
        ConversationSummary summary = append.summary();
        if (summary == null) {
            throw new AssertionError("changes nothing");
        }
        inbox.changed(append.key().tenant(), summary);
    }

    private void deliver() {
        List<Runnable> now = List.copyOf(mail);
        mail.clear();
        now.forEach(Runnable::run);
    }
}

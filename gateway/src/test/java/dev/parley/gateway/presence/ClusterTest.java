package dev.parley.gateway.presence;

import static dev.parley.gateway.presence.Site.ANN;
import static dev.parley.gateway.presence.Site.BEN;
import static dev.parley.gateway.presence.Site.VERA;
import static dev.parley.gateway.presence.Site.summary;
import static dev.parley.gateway.presence.Site.watcher;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.store.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several nodes, between which messages get lost, and which die. */
@ExtendWith(Seed.Resolver.class)
class ClusterTest {
    private static final Signal IDLE = Signal.IDLE;

    private final Site site = new Site();
    private final Site.Node a = site.node("a");
    private final Site.Node b = site.node("b");
    private final TestWatcher ann = watcher(ANN);
    private final TestWatcher ben = watcher(BEN);
    private final TestWatcher vera = watcher(VERA);
    private final Member annAtA = site.enter(a, ann);
    private final Member benAtB = site.enter(b, ben);
    private final Member veraAtB = site.enter(b, vera);

    @Test
    void people_at_two_nodes_see_each_other_type() {
        Cursor cursor = new Cursor("box.1", 1, 3, 1);
        annAtA.signal("c", 1, 1, IDLE);
        benAtB.signal("c", 9, 1, new Signal(View.STAFF, cursor));
        site.settle();
        benAtB.signal("c", 9, 1, new Signal(View.STAFF, cursor));
        exchange();

        assertThat(ann.peers()).contains(new Peer(BEN, View.STAFF, cursor));
        assertThat(ben.subjects()).containsExactly("ann", "ben");
    }

    @Test
    void pages_and_the_queue_are_the_same_at_all_nodes() {
        Member atA = site.enter(a, watcher(new Author("otto", Role.VISITOR, "")));
        annAtA.watchSite();
        benAtB.watchSite();
        veraAtB.visit("/prices", "Prices");
        atA.visit("/prices", "Prices");
        a.feed.changed(summary("c1", 5, true));
        b.feed.changed(summary("c2", 6, true));
        site.settle();
        benAtB.arrange("c2", "1");
        exchange();

        assertThat(ann.pages).containsExactly(Map.entry("/prices", 2));
        assertThat(ann.pages).isEqualTo(ben.pages);
        assertThat(ann.queued()).containsExactly("c2", "c1");
        assertThat(ann.queue).isEqualTo(ben.queue);
    }

    @Test
    void a_person_who_leaves_one_node_is_still_here_at_the_other() {
        Member annAtB = site.enter(b, watcher(ANN));
        annAtA.signal("c", 1, 1, IDLE);
        annAtB.signal("c", 1, 1, IDLE);
        benAtB.signal("c", 1, 1, IDLE);
        site.settle();
        annAtA.end();
        site.settle();

        assertThat(ben.subjects()).containsExactly("ann", "ben");
        annAtB.end();
        site.settle();
        assertThat(ben.subjects()).containsExactly("ben");
    }

    @Test
    void a_node_that_dies_takes_its_people_along_once_its_lease_has_run_out() {
        annAtA.signal("c", 1, 1, IDLE);
        annAtA.watchSite();
        benAtB.signal("c", 1, 1, new Signal(View.STAFF, null));
        veraAtB.visit("/prices", "");
        site.settle();
        assertThat(ann.subjects()).containsExactly("ann", "ben");
        assertThat(ann.pages).hasSize(1);

        site.kill(b);
        List<Integer> visitors = new ArrayList<>();
        for (int i = 0; i < 2 * Cluster.LEASE_MILLIS / 200; i++) {
            exchange();
            visitors.add(ann.pages.getOrDefault("/prices", 0));
        }

        assertThat(ann.subjects()).containsExactly("ann");
        assertThat(ann.pages).isEmpty();
        assertThat(visitors).isSortedAccordingTo((one, other) -> other - one);
        assertThat(visitors).first().isEqualTo(1);
    }

    @Test
    void who_comes_back_at_another_node_stays_when_the_end_of_the_dead_one_is_noticed() {
        annAtA.signal("c", 1, 1, IDLE);
        benAtB.signal("c", 1, 1, IDLE);
        site.settle();
        site.kill(b);
        Member benAtA = site.enter(a, watcher(BEN));
        benAtA.signal("c", 1, 1, IDLE);
        exchange();
        long before = ann.peersTold();
        site.settle();
        site.settle();

        assertThat(ann.subjects()).containsExactly("ann", "ben");
        assertThat(ann.peersTold()).isEqualTo(before);
    }

    @Test
    void what_a_dead_node_said_last_does_not_bring_its_people_back() {
        annAtA.signal("c", 1, 1, IDLE);
        benAtB.signal("c", 1, 1, IDLE);
        site.settle();
        Mail late = site.mail;
        site.enter(b, watcher(new Author("carl", Role.AGENT, ""))).signal("c", 1, 1, IDLE);
        b.presence.beat();
        site.kill(b);
        for (int i = 0; i < 2 * Cluster.LEASE_MILLIS / 200; i++) {
            site.beat();
        }
        assertThat(ann.subjects()).containsExactly("ann");
        long before = ann.peersTold();
        late.deliver();
        site.beat();
        site.settle();

        assertThat(ann.subjects()).containsExactly("ann");
        assertThat(ann.peersTold()).isEqualTo(before);
    }

    @Test
    void a_node_that_was_taken_for_dead_says_who_is_there_again() {
        annAtA.signal("c", 1, 1, IDLE);
        annAtA.watchSite();
        benAtB.signal("c", 1, 1, IDLE);
        veraAtB.visit("/prices", "");
        site.settle();
        site.kill(b);
        site.settle();
        site.settle();
        assertThat(ann.subjects()).containsExactly("ann");
        site.resume(b);
        site.settle();

        assertThat(ann.subjects()).containsExactly("ann", "ben");
        assertThat(ann.pages).containsExactly(Map.entry("/prices", 1));
    }

    @Test
    void conversations_wait_on_when_the_node_that_queued_them_dies() {
        annAtA.watchSite();
        b.feed.changed(summary("c1", 5, true));
        b.feed.changed(summary("c2", 6, true));
        site.settle();
        annAtA.arrange("c2", "1");
        exchange();
        site.kill(b);
        site.settle();
        site.settle();
        assertThat(ann.queued()).containsExactly("c2", "c1");

        a.feed.changed(summary("c2", 7, false));
        exchange();
        assertThat(ann.queued()).containsExactly("c1");
    }

    @Test
    void a_wait_that_is_over_stays_over_whoever_hears_late() {
        annAtA.watchSite();
        benAtB.watchSite();
        site.settle();
        b.feed.changed(summary("c1", 5, true));
        site.beat();
        a.feed.changed(summary("c1", 6, false));
        site.settle();
        assertThat(ann.queued()).isEmpty();
        assertThat(ben.queued()).isEmpty();

        a.feed.changed(summary("c1", 8, true));
        site.settle();
        assertThat(ben.queued()).containsExactly("c1");
    }

    @Test
    void nodes_end_with_the_same_whatever_is_lost_doubled_or_late(Seed seed) {
        for (int run = 0; run < 60; run++) {
            oneRun(new Random(seed.value() + run));
        }
    }

    private static void oneRun(Random random) {
        Site site = new Site();
        List<Site.Node> nodes = new ArrayList<>(List.of(site.node("a"), site.node("b"), site.node("c")));
        List<Member> members = new ArrayList<>();
        List<TestWatcher> desks = new ArrayList<>();
        for (Site.Node node : nodes) {
            TestWatcher desk = watcher(new Author("desk" + desks.size(), Role.AGENT, ""));
            site.enter(node, desk).watchSite();
            desks.add(desk);
        }
        Map<Integer, String> pageOf = new HashMap<>();
        Map<Integer, String> roomOf = new HashMap<>();
        Map<String, Long> waits = new TreeMap<>();
        long revision = 0;
        for (int i = 0; i < 12; i++) {
            Author author = new Author("p" + i, i % 2 == 0 ? Role.VISITOR : Role.AGENT, "");
            members.add(site.enter(nodes.get(i % 3), watcher(author)));
        }
        int killed = random.nextInt(4);
        for (int step = 0; step < 60; step++) {
            int who = random.nextInt(members.size());
            Member member = members.get(who);
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (member.signal("c" + who % 4, 1, 1, new Signal(View.STAFF, null)) == Outcome.DONE) {
                        roomOf.merge(who, "c" + who % 4, (before, after) -> after);
                    }
                }
                case 1 -> {
                    member.left("c" + who % 4);
                    roomOf.remove(who);
                }
                case 2 -> {
                    String page = random.nextInt(3) == 0 ? "" : "/" + random.nextInt(3);
                    if (member.visit(page, "") == Outcome.DONE) {
                        pageOf.put(who, page);
                    }
                }
                default -> {
                    boolean isWaiting = random.nextBoolean();
                    String conversation = "w" + random.nextInt(3);
                    Site.Node node = nodes.get(random.nextInt(3));
                    node.feed.changed(summary(conversation, ++revision, isWaiting));
                    waits.put(conversation, isWaiting ? revision : 0);
                }
            }
            site.beat();
            site.mail.deliverBadly(random);
        }
        site.settle();
        if (killed < 3) {
            site.kill(nodes.get(killed));
            roomOf.keySet().removeIf(who -> who % 3 == killed);
            pageOf.keySet().removeIf(who -> who % 3 == killed);
        }
        for (int i = 0; i < 100; i++) {
            site.beat();
            site.mail.deliverBadly(random);
        }
        site.mail.deliver();
        site.settle();
        site.settle();

        Map<String, Integer> pages = new TreeMap<>();
        pageOf.values().stream().filter(page -> !page.isEmpty()).forEach(page -> pages.merge(page, 1, Integer::sum));
        List<String> queued = waits.keySet().stream()
                .filter(conversation -> waits.getOrDefault(conversation, 0L) > 0)
                .toList();
        for (int i = 0; i < 3; i++) {
            if (i != killed) {
                TestWatcher desk = desks.get(i);
                assertThat(desk.pages).containsExactlyInAnyOrderEntriesOf(pages);
                assertThat(desk.queue.keySet()).containsExactlyInAnyOrderElementsOf(queued);
                assertThat(desk.viewers.values().stream().mapToInt(List::size).sum())
                        .isEqualTo(listed(roomOf));
            }
        }
    }

    /** Viewers of the conversations that staff look at. */
    private static int listed(Map<Integer, String> roomOf) {
        List<String> withStaff = roomOf.entrySet().stream()
                .filter(entry -> entry.getKey() % 2 == 1)
                .map(Map.Entry::getValue)
                .toList();
        return (int) roomOf.values().stream().filter(withStaff::contains).count();
    }

    private void exchange() {
        site.beat();
        site.mail.deliver();
        site.beat();
    }
}

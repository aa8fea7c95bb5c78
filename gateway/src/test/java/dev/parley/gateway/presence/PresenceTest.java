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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One node: what watchers are told, and what is refused. */
class PresenceTest {
    private static final Signal IDLE = Signal.IDLE;
    private static final Signal TYPING_TO_STAFF = new Signal(View.STAFF, null);
    private static final Signal TYPING_TO_ALL = new Signal(View.PUBLIC, null);

    private final Site site = new Site();
    private final Site.Node node = site.node("a");
    private final TestWatcher ann = watcher(ANN);
    private final TestWatcher ben = watcher(BEN);
    private final TestWatcher vera = watcher(VERA);
    private final Member annHere = site.enter(node, ann);
    private final Member benHere = site.enter(node, ben);
    private final Member veraHere = site.enter(node, vera);

    @Test
    void staff_see_who_looks_what_they_type_and_where_their_cursors_are() {
        Cursor cursor = new Cursor("box.1", 2, 5, 7);
        annHere.signal("c", 1, 7, IDLE);
        benHere.signal("c", 1, 7, new Signal(View.STAFF, cursor));
        veraHere.signal("c", 1, 7, TYPING_TO_STAFF);
        site.beat();

        assertThat(ann.peers())
                .containsExactly(
                        new Peer(VERA, View.PUBLIC, null),
                        new Peer(ANN, null, null),
                        new Peer(BEN, View.STAFF, cursor));
        assertThat(ann.told).hasSize(1);
    }

    @Test
    void a_visitor_learns_that_somebody_of_the_staff_is_here_and_not_who() {
        veraHere.signal("c", 1, 1, IDLE);
        site.beat();
        assertThat(vera.peers()).isEmpty();

        annHere.signal("c", 1, 1, IDLE);
        benHere.signal("c", 1, 1, IDLE);
        site.beat();

        Author somebody = new Author("", Role.AGENT, "");
        assertThat(vera.peers()).containsExactly(new Peer(somebody, null, null));
        annHere.signal("c", 1, 1, TYPING_TO_ALL);
        site.beat();
        assertThat(vera.peers()).containsExactly(new Peer(somebody, View.PUBLIC, null));
        annHere.left("c");
        benHere.end();
        site.beat();
        assertThat(vera.peers()).isEmpty();
    }

    @Test
    void nothing_reaches_a_visitor_while_staff_type_and_come_and_go_among_themselves() {
        veraHere.signal("c", 1, 1, IDLE);
        annHere.signal("c", 1, 1, IDLE);
        site.beat();
        long before = vera.peersTold();

        for (int i = 0; i < 200; i++) {
            Cursor cursor = new Cursor("draft", i, i, 1);
            benHere.signal("c", 1, 1, new Signal(i % 2 == 0 ? View.STAFF : null, cursor));
            annHere.signal("c", 1, 1, new Signal(View.STAFF, cursor));
            if (i % 7 == 0) {
                benHere.left("c");
            }
            site.beat();
        }

        assertThat(vera.peersTold()).isEqualTo(before);
        assertThat(ann.peersTold()).isGreaterThan(100);
    }

    @Test
    void a_visitor_hears_nothing_of_assistants_and_backends() {
        veraHere.signal("c", 1, 1, IDLE);
        site.beat();
        site.enter(node, watcher(new Author("bot", Role.ASSISTANT, "Bot"))).signal("c", 1, 1, TYPING_TO_ALL);
        site.enter(node, watcher(new Author("crm", Role.SERVICE, "CRM"))).signal("c", 1, 1, TYPING_TO_ALL);
        site.beat();

        assertThat(vera.peers()).isEmpty();
        assertThat(vera.peersTold()).isEqualTo(1);
    }

    @Test
    void typing_and_cursors_end_by_themselves_when_nobody_says_them_again() {
        Cursor cursor = new Cursor("box.1", 0, 0, 1);
        annHere.signal("c", 1, 1, IDLE);
        benHere.signal("c", 1, 1, new Signal(View.STAFF, cursor));
        site.beat();
        beatFor(Room.TYPING_MILLIS);
        assertThat(ann.peers()).contains(new Peer(BEN, null, cursor));
        beatFor(Room.CURSOR_MILLIS);

        assertThat(ann.peers()).contains(new Peer(BEN, null, null));
    }

    private void beatFor(long millis) {
        for (long passed = 0; passed < millis; passed += 200) {
            site.beat();
        }
    }

    @Test
    void two_tabs_of_one_person_are_one_peer_who_is_here_until_both_are_closed() {
        TestWatcher tab = watcher(BEN);
        Member tabHere = site.enter(node, tab);
        annHere.signal("c", 1, 1, IDLE);
        benHere.signal("c", 1, 1, IDLE);
        tabHere.signal("c", 1, 1, TYPING_TO_STAFF);
        site.beat();
        assertThat(ann.peers()).contains(new Peer(BEN, View.STAFF, null)).hasSize(2);

        tabHere.end();
        site.beat();
        assertThat(ann.subjects()).containsExactly("ann", "ben");
        benHere.end();
        site.beat();
        assertThat(ann.subjects()).containsExactly("ann");
    }

    @Test
    void a_list_is_told_again_under_a_new_handle_and_to_who_comes_later() {
        annHere.signal("c", 1, 1, IDLE);
        site.beat();
        annHere.moved("c", 2);
        site.beat();
        benHere.signal("c", 2, 1, IDLE);
        site.beat();

        assertThat(ann.told)
                .hasSize(3)
                .element(1)
                .isEqualTo(new News.Peers(2, List.of(new Peer(ANN, null, null)), false));
        assertThat(ben.subjects()).containsExactly("ann", "ben");
    }

    @Test
    void who_did_not_say_that_it_looks_is_told_nothing() {
        annHere.signal("c", 1, 1, IDLE);
        site.beat();

        assertThat(vera.told).isEmpty();
        assertThat(ben.told).isEmpty();
    }

    @Test
    void visitors_are_counted_by_page_and_two_tabs_of_one_count_once() {
        Member tab = site.enter(node, watcher(VERA));
        Member other = site.enter(node, watcher(new Author("otto", Role.VISITOR, "")));
        veraHere.visit("/prices?token=secret#x", "Prices");
        tab.visit("/prices", "Prices");
        other.visit("/prices", "");
        annHere.watchSite();
        site.beat();
        assertThat(ann.pages).containsExactly(Map.entry("/prices", 2));

        veraHere.visit("/help", "Help");
        site.beat();
        assertThat(ann.pages).containsOnly(Map.entry("/prices", 2), Map.entry("/help", 1));
        tab.end();
        other.visit("", "");
        veraHere.end();
        site.beat();
        assertThat(ann.pages).isEmpty();
    }

    @Test
    void a_watcher_gets_the_whole_site_once_and_then_what_changes() {
        veraHere.visit("/prices", "Prices");
        annHere.watchSite();
        site.beat();
        site.beat();
        veraHere.visit("/help", "Help");
        site.beat();

        assertThat(ann.told).hasSize(2);
        assertThat(ann.told.get(0)).isInstanceOfSatisfying(News.Site.class, all -> assertThat(all.whole())
                .isTrue());
        assertThat(ann.told.get(1)).isInstanceOfSatisfying(News.Site.class, changes -> {
            assertThat(changes.whole()).isFalse();
            assertThat(changes.pages())
                    .containsExactly(
                            new News.PageVisitors("/prices", "", 0), new News.PageVisitors("/help", "Help", 1));
        });
    }

    @Test
    void conversations_that_staff_look_at_are_listed_with_their_viewers() {
        annHere.watchSite();
        veraHere.signal("c", 1, 1, IDLE);
        site.beat();
        assertThat(ann.viewers).isEmpty();
        benHere.signal("c", 1, 1, IDLE);
        site.beat();
        assertThat(ann.viewers).containsOnlyKeys("c");
        assertThat(ann.viewers.get("c")).containsExactlyInAnyOrder(BEN, VERA);
        benHere.left("c");
        site.beat();

        assertThat(ann.viewers).isEmpty();
    }

    @Test
    void a_conversation_waits_from_the_visitors_message_to_the_answer() {
        annHere.watchSite();
        node.feed.changed(summary("late", 9, true));
        node.feed.changed(summary("early", 5, true));
        site.beat();
        assertThat(ann.queued()).containsExactly("early", "late");

        annHere.arrange("late", "1");
        site.beat();
        assertThat(ann.queued()).containsExactly("late", "early");
        node.feed.changed(summary("late", 10, false));
        site.beat();
        assertThat(ann.queued()).containsExactly("early");
        annHere.arrange("late", "1");
        site.beat();
        assertThat(ann.queued()).containsExactly("early");
    }

    @Test
    void what_a_visitor_may_not_do_is_refused() {
        assertThat(veraHere.watchSite()).isEqualTo(Outcome.NOT_ALLOWED);
        assertThat(veraHere.arrange("c", "V")).isEqualTo(Outcome.NOT_ALLOWED);
        assertThat(annHere.visit("/prices", "")).isEqualTo(Outcome.NOT_ALLOWED);
        Member bot = site.enter(node, watcher(new Author("bot", Role.ASSISTANT, "")));
        assertThat(bot.watchSite()).isEqualTo(Outcome.NOT_ALLOWED);
        site.beat();

        assertThat(vera.told).isEmpty();
    }

    @Test
    void what_is_too_long_or_out_of_bounds_is_refused() {
        assertThat(veraHere.visit("/" + "x".repeat(Member.PAGE_LENGTH_MAX), "")).isEqualTo(Outcome.MALFORMED);
        assertThat(veraHere.visit("/", "\uD800")).isEqualTo(Outcome.MALFORMED);
        assertThat(annHere.arrange("c", "a0")).isEqualTo(Outcome.MALFORMED);
        assertThat(annHere.arrange("c", "-")).isEqualTo(Outcome.MALFORMED);
        for (Cursor cursor : List.of(
                new Cursor("", 0, 0, 0),
                new Cursor("x".repeat(129), 0, 0, 0),
                new Cursor("b", -1, 0, 0),
                new Cursor("b", 0, 1 << 20, 0),
                new Cursor("b", 0, 0, 8),
                new Cursor("b", 0, 0, -1))) {
            assertThat(annHere.signal("c", 1, 7, new Signal(null, cursor))).isEqualTo(Outcome.MALFORMED);
        }
    }

    @Test
    void who_floods_is_told_once_a_second_and_heard_again_after_a_pause() {
        int done = 0;
        int told = 0;
        for (int i = 0; i < 1_000; i++) {
            Outcome outcome = veraHere.signal("c", 1, 1, IDLE);
            done += outcome == Outcome.DONE ? 1 : 0;
            told += outcome == Outcome.TOO_MANY ? 1 : 0;
        }

        assertThat(done).isEqualTo(20);
        assertThat(told).isEqualTo(1);
        site.clock.advance(1_000);
        assertThat(veraHere.signal("c", 1, 1, IDLE)).isEqualTo(Outcome.DONE);
    }

    @Test
    void a_site_with_more_pages_than_are_kept_still_counts_its_visitors() {
        annHere.watchSite();
        for (int i = 0; i < 20_000; i++) {
            site.clock.advance(200);
            veraHere.visit("/product/" + i, "");
            if (i % 40 == 0) {
                site.beat();
            }
        }
        site.settle();

        assertThat(ann.pages).containsExactly(Map.entry("/product/19999", 1));
    }
}

package dev.parley.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the values mean, against plain models that remember everything. */
@ExtendWith(SeedResolver.class)
class SetsTest {
    private static final int RUNS = 2_000;

    @Test
    void an_addition_wins_over_a_removal_that_did_not_see_it() {
        AddWinsSet base = add(AddWinsSet.EMPTY, "p", "x");

        AddWinsSet removed = base.merge(base.removal("p", List.of("x")));
        AddWinsSet added = add(base, "q", "x");

        assertThat(removed.elements()).isEmpty();
        assertThat(removed.merge(added).elements()).containsExactly("x");
        assertThat(added.merge(removed).elements()).containsExactly("x");
    }

    @Test
    void a_removal_takes_out_what_it_saw_also_where_it_arrives_first() {
        AddWinsSet added = AddWinsSet.EMPTY.addition("p", List.of("x"));
        AddWinsSet removal = added.removal("q", List.of("x"));

        assertThat(AddWinsSet.EMPTY.merge(removal).merge(added).elements()).isEmpty();
    }

    @Test
    void taking_back_leaves_what_others_added() {
        AddWinsSet both = add(AddWinsSet.EMPTY, "p", "x").merge(add(AddWinsSet.EMPTY, "q", "x"));

        AddWinsSet one = both.merge(both.withdrawal("p", List.of("x")));

        assertThat(one.elements()).containsExactly("x");
        assertThat(one.merge(one.withdrawal("q", List.of("x"))).elements()).isEmpty();
        assertThat(one.withdrawal("p", List.of("x"))).isEqualTo(AddWinsSet.EMPTY);
    }

    @Test
    void what_was_removed_costs_nothing() {
        AddWinsSet set = AddWinsSet.EMPTY;
        for (int i = 0; i < 1_000; i++) {
            set = add(set, "p", "x" + i);
            set = set.merge(set.removal("p", List.of("x" + i)));
        }

        assertThat(set.elements()).isEmpty();
        assertThat(set.context().ranges()).containsExactly(Map.entry("p", List.of(new CausalContext.Range(1, 2_000))));
    }

    @Test
    void a_delta_of_what_changed_does_not_carry_the_rest() {
        AddWinsSet set = add(add(AddWinsSet.EMPTY, "p", "x"), "q", "y");

        AddWinsSet delta = add(set, "p", "z").delta(set.versions());

        assertThat(delta.elements()).containsExactly("z");
    }

    @Test
    void a_removal_does_not_hide_what_a_lost_addition_had_replaced() {
        AddWinsSet theirs = AddWinsSet.EMPTY.addition("q", List.of("x"));
        AddWinsSet mine = add(theirs, "p", "x");
        AddWinsSet removal = mine.removal("p", List.of("x"));
        mine = mine.merge(removal);

        theirs = theirs.merge(removal);
        assertThat(theirs.elements()).containsExactly("x");
        assertThat(theirs.merge(mine.delta(theirs.versions()))).isEqualTo(mine);
    }

    @Test
    void sets_hold_what_a_model_with_tombstones_holds(Seed seed) {
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed.value() + run);
            List<AddWinsSet> sets = new ArrayList<>();
            List<Model> models = new ArrayList<>();
            Replicas.NAMES.forEach(name -> {
                sets.add(AddWinsSet.EMPTY);
                models.add(new Model());
            });
            for (int step = 0; step < 30; step++) {
                int me = random.nextInt(4);
                int other = random.nextInt(4);
                String name = Replicas.NAMES.get(me);
                String element = Kind.element(random);
                AddWinsSet set = sets.get(me);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        sets.set(me, add(set, name, element));
                        models.get(me).add(element, name + step, "", 0);
                    }
                    case 1 -> {
                        sets.set(me, set.merge(set.removal(name, List.of(element))));
                        models.get(me).remove(element);
                    }
                    default -> {
                        sets.set(me, set.merge(sets.get(other)));
                        models.get(me).merge(models.get(other));
                    }
                }
                assertThat(sets.get(me).elements())
                        .isEqualTo(models.get(me).ranks().keySet());
            }
        }
    }

    @Test
    void lists_are_in_the_order_that_a_model_with_tombstones_has(Seed seed) {
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed.value() + run);
            List<OrderedSet> sets = new ArrayList<>();
            List<Model> models = new ArrayList<>();
            Replicas.NAMES.forEach(name -> {
                sets.add(OrderedSet.EMPTY);
                models.add(new Model());
            });
            for (int step = 0; step < 40; step++) {
                int me = random.nextInt(4);
                int other = random.nextInt(4);
                String name = Replicas.NAMES.get(me);
                String element = Kind.element(random);
                String rank = "r" + step % 7;
                OrderedSet set = sets.get(me);
                Model model = models.get(me);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        sets.set(me, set.merge(set.addition(name, element, rank)));
                        model.add(element, name + step, rank, event(set, name));
                    }
                    case 1 -> {
                        sets.set(me, set.merge(set.removal(name, List.of(element))));
                        model.remove(element);
                    }
                    case 2, 3 -> {
                        sets.set(me, set.merge(set.move(name, element, rank)));
                        model.move(element, name, rank, event(set, name));
                    }
                    default -> {
                        sets.set(me, set.merge(sets.get(other)));
                        model.merge(models.get(other));
                    }
                }
                OrderedSet result = sets.get(me);
                List<String> listed = result.elements().stream()
                        .map(each -> result.rank(each) + " " + each)
                        .toList();
                assertThat(listed)
                        .containsExactlyElementsOf(models.get(me).ranks().entrySet().stream()
                                .map(each -> each.getValue() + " " + each.getKey())
                                .sorted()
                                .toList());
            }
        }
    }

    private static long event(OrderedSet set, String replica) {
        return set.versions().of(replica) + 1;
    }

    @Test
    void the_later_move_wins_and_a_tie_ends_the_same_everywhere() {
        OrderedSet base = OrderedSet.EMPTY.addition("p", "x", "V");
        OrderedSet one = base.merge(base.move("p", "x", "a"));
        OrderedSet other = base.merge(base.move("q", "x", "b"));
        OrderedSet later = one.merge(one.move("p", "x", "c"));

        assertThat(one.merge(other).rank("x")).isEqualTo("b");
        assertThat(other.merge(one).rank("x")).isEqualTo("b");
        assertThat(other.merge(later).rank("x")).isEqualTo("c");
    }

    @Test
    void moving_does_not_bring_back_who_was_removed_meanwhile() {
        OrderedSet base = OrderedSet.EMPTY.addition("p", "x", "V");
        OrderedSet removed = base.merge(base.removal("p", List.of("x")));
        OrderedSet moved = base.merge(base.move("q", "x", "a"));

        assertThat(removed.merge(moved).elements()).isEmpty();
        assertThat(moved.merge(removed).elements()).isEmpty();
        assertThat(removed.move("p", "x", "z")).isEqualTo(OrderedSet.EMPTY);
    }

    @Test
    void a_rank_does_not_outlive_the_addition_it_came_with() {
        OrderedSet late = OrderedSet.EMPTY.addition("q", "x", "z");
        OrderedSet moved = late.merge(late.move("q", "x", "y"));
        OrderedSet early = OrderedSet.EMPTY.addition("p", "x", "a");
        OrderedSet removed = moved.merge(moved.removal("q", List.of("x")));

        assertThat(early.merge(moved).rank("x")).isEqualTo("y");
        assertThat(early.merge(moved).merge(removed).rank("x")).isEqualTo("a");
    }

    @Test
    void counts_add_up_whoever_counts() {
        PnCounter counter = PnCounter.ZERO.change("p", 5).merge(PnCounter.ZERO.change("q", -2));
        PnCounter down = counter.merge(counter.change("p", -5));

        assertThat(counter.value()).isEqualTo(3);
        assertThat(down.merge(counter).value()).isEqualTo(-2);
        assertThatThrownBy(() -> down.merge(down.change("p", Long.MAX_VALUE))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void what_no_change_makes_is_not_taken() {
        TreeMap<String, List<Dot>> dots = new TreeMap<>(Map.of("x", List.of(new Dot("p", 2))));

        assertThatThrownBy(() -> AddWinsSet.of(dots, CausalContext.of(List.of(new Dot("p", 1))), CausalContext.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Dot("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Dot("p", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Dot("p".repeat(129), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CausalContext.Range(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PnCounter.ZERO.merge(many())).isInstanceOf(IllegalArgumentException.class);
    }

    private static PnCounter many() {
        TreeMap<String, PnCounter.Row> rows = new TreeMap<>();
        for (int i = 0; i <= CausalContext.REPLICAS_MAX; i++) {
            rows.put("p" + i, new PnCounter.Row(1, 0));
        }
        return new PnCounter(rows);
    }

    private static AddWinsSet add(AddWinsSet set, String replica, String element) {
        return set.merge(set.addition(replica, List.of(element)));
    }

    /** Every addition ever made, every removal, every place: what the sets must do without. */
    private static final class Model {
        private final Map<String, Set<String>> tags = new TreeMap<>();
        private final Set<String> dead = new HashSet<>();
        private final Map<String, Set<Place>> places = new HashMap<>();

        private record Place(long stamp, Dot by, String rank) implements Comparable<Place> {
            @Override
            public int compareTo(Place other) {
                int order = Long.compare(stamp, other.stamp);
                return order != 0 ? order : by.compareTo(other.by);
            }
        }

        void add(String element, String tag, String rank, long event) {
            long stamp = nextStamp(element);
            remove(element);
            tags.computeIfAbsent(element, key -> new TreeSet<>()).add(tag);
            places.computeIfAbsent(tag, key -> new TreeSet<>())
                    .add(new Place(stamp, new Dot(tag.substring(0, 1), Math.max(1, event)), rank));
        }

        void remove(String element) {
            dead.addAll(tags.getOrDefault(element, Set.of()));
        }

        void move(String element, String replica, String rank, long event) {
            long stamp = nextStamp(element);
            living(element).forEach(tag -> places.computeIfAbsent(tag, key -> new TreeSet<>())
                    .add(new Place(stamp, new Dot(replica, event), rank)));
        }

        void merge(Model other) {
            other.tags.forEach((element, all) ->
                    tags.computeIfAbsent(element, key -> new TreeSet<>()).addAll(all));
            dead.addAll(other.dead);
            other.places.forEach((tag, all) ->
                    places.computeIfAbsent(tag, key -> new TreeSet<>()).addAll(all));
        }

        Map<String, String> ranks() {
            Map<String, String> ranks = new TreeMap<>();
            tags.keySet().forEach(element -> {
                NavigableSet<Place> all = places(element);
                if (!all.isEmpty()) {
                    ranks.put(element, all.last().rank());
                }
            });
            return ranks;
        }

        private long nextStamp(String element) {
            NavigableSet<Place> all = places(element);
            return all.isEmpty() ? 1 : all.last().stamp() + 1;
        }

        private NavigableSet<Place> places(String element) {
            TreeSet<Place> all = new TreeSet<>();
            living(element).forEach(tag -> all.addAll(places.getOrDefault(tag, Set.of())));
            return all;
        }

        private List<String> living(String element) {
            return tags.getOrDefault(element, Set.of()).stream()
                    .filter(tag -> !dead.contains(tag))
                    .toList();
        }
    }
}

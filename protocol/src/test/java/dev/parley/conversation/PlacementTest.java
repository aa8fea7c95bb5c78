package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Placement.Placed;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedResolver.class)
class PlacementTest {
    private static final int MOVES = 2_000;
    /** What a gateway takes in one submission. */
    private static final int OPERATIONS_MAX = 64;

    private final List<Placed> list =
            new ArrayList<>(List.of(new Placed("first", "V"), new Placed("last", "W"), new Placed("later", "X")));

    private void apply(List<Placed> placed) {
        for (Placed moved : placed) {
            list.removeIf(each -> each.id().equals(moved.id()));
            list.add(moved);
        }
        list.sort(Comparator.comparing(Placed::rank).thenComparing(Placed::id));
    }

    private List<String> ids() {
        return list.stream().map(Placed::id).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"first", "last", "either", "among", "again", "end"})
    void thousandsOfMovesIntoOneGapAllSucceed(String where) {
        SplittableRandom random = new SplittableRandom(where.hashCode());
        int operations = 0;
        for (int i = 0; i < MOVES; i++) {
            String id = where.equals("again") && i > 5 ? ids().get(list.size() - 3) : "m" + i;
            List<String> expected = new ArrayList<>(ids());
            expected.remove(id);
            int at =
                    switch (where) {
                        case "first", "again" -> 1;
                        case "last" -> expected.indexOf("last");
                        case "either" -> random.nextBoolean() ? 1 : expected.indexOf("last");
                        case "among" -> 1 + random.nextInt(expected.indexOf("last"));
                        default -> expected.size();
                    };
            expected.add(at, id);

            List<Placed> placed = at == list.size() || random.nextBoolean()
                    ? Placement.of(list, id, "", expected.get(at - 1), "")
                    : Placement.of(list, id, at + 1 < expected.size() ? expected.get(at + 1) : "", "", "");
            apply(placed);

            assertThat(ids()).isEqualTo(expected);
            assertThat(placed.get(0).id()).isEqualTo(id);
            assertThat(placed).allMatch(each -> Rank.isValid(each.rank())).hasSizeLessThanOrEqualTo(OPERATIONS_MAX);
            operations += placed.size();
        }
        assertThat(operations).isLessThan(3 * MOVES);
    }

    /** Several who do not know of each other put theirs at one place: their ranks are the same, and the next finds its place. */
    @Test
    void whoeverComesAfterOthersOfOneRankFindsItsPlace(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < MOVES; i++) {
            List<Placed> known = List.copyOf(list);
            int together = 2 + random.nextInt(4);
            String neighbour = ids().get(random.nextInt(8) == 0 ? random.nextInt(list.size()) : 0);
            for (int j = 0; j < together; j++) {
                apply(Placement.of(known, "m" + i + "." + j, "", neighbour, ""));
            }
            List<String> expected = new ArrayList<>(ids());
            int at = 1 + random.nextInt(expected.size());
            String id = expected.remove(random.nextInt(expected.size()));
            at = Math.min(at, expected.size());
            expected.add(at, id);

            List<Placed> placed = Placement.of(list, id, "", at == 0 ? "" : expected.get(at - 1), "");
            apply(placed);

            assertThat(ids()).isEqualTo(expected);
            assertThat(placed).allMatch(each -> Rank.isValid(each.rank()));
            while (list.size() > 100) {
                list.remove(1 + random.nextInt(list.size() - 1));
            }
        }
    }

    @Test
    void whatStandsElsewhereKeepsItsRank() {
        assertThat(Placement.of(list, "m", "last", "", "")).containsExactly(new Placed("m", Rank.between("V", "W")));
        assertThat(Placement.of(list, "later", "", "first", ""))
                .containsExactly(new Placed("later", Rank.between("V", "W")));
        assertThat(Placement.of(list, "m", "", "", Rank.ofRevision(1)))
                .containsExactly(new Placed("m", Rank.between("X", "")));
    }
}

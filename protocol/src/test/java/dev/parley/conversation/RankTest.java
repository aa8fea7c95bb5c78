package dev.parley.conversation;

import static dev.parley.conversation.Effects.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedResolver.class)
class RankTest {
    private static final long SAFE_INTEGER_MAX = (1L << 53) - 1;

    @Test
    void betweenAnyTwoThereIsOne(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 100_000; i++) {
            String a = random.nextInt(20) == 0 ? "" : anyRank(random);
            String b = random.nextInt(20) == 0 ? "" : random.nextInt(3) == 0 ? a + anyRank(random) : anyRank(random);
            if (a.equals(b) && !a.isEmpty()) {
                continue;
            }
            boolean ordered = b.isEmpty() || a.compareTo(b) < 0;
            assertBetween(ordered ? a : b, ordered ? b : a);
        }
    }

    private static void assertBetween(String before, String after) {
        String rank = Rank.between(before, after);

        assertThat(rank).isGreaterThan(before).doesNotEndWith("0");
        if (!after.isEmpty()) {
            assertThat(rank).isLessThan(after);
        }
        if (rank.length() <= Rank.LENGTH_MAX) {
            assertThat(Rank.isValid(rank)).isTrue();
        }
    }

    /** Of digits that are often the smallest or the largest. */
    private static String anyRank(SplittableRandom random) {
        StringBuilder rank = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            rank.append("00zz1yVa".charAt(random.nextInt(8)));
        }
        return rank.append("1zVay".charAt(random.nextInt(5))).toString();
    }

    @Test
    void aListThatIsGrownAnywhereKeepsItsOrder(Seed seed) {
        SplittableRandom random = seed.random();
        List<String> ranks = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int at = random.nextInt(ranks.size() + 1);
            String before = at == 0 ? "" : ranks.get(at - 1);
            String after = at == ranks.size() ? "" : ranks.get(at);
            ranks.add(at, Rank.between(before, after));
        }

        assertThat(ranks).isSorted().doesNotHaveDuplicates().allMatch(Rank::isValid);
    }

    @Test
    void noneIsBetweenARankAndItselfOrASmallerOne() {
        assertThatThrownBy(() -> Rank.between("V", "V")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rank.between("W", "V")).isInstanceOf(IllegalArgumentException.class);
    }

    /** So many in a row can be put at one place before a neighbour has to move. */
    @ParameterizedTest
    @CsvSource({"end, 3500", "beginning, 3500", "after, 300", "before, 300"})
    void itGrowsBeyondItsLengthOnlyAfterHundredsOfInsertionsAtOnePlace(String place, int least) {
        UnaryOperator<String> next =
                switch (place) {
                    case "end" -> rank -> Rank.between(rank, "");
                    case "beginning" -> rank -> Rank.between("", rank);
                    case "after" -> rank -> Rank.between("V", rank);
                    default -> rank -> Rank.between(rank, "W");
                };
        String rank = place.equals("before") ? "V" : "W";
        int insertions = 0;
        while (Rank.isValid(rank)) {
            rank = next.apply(rank);
            insertions++;
        }

        assertThat(insertions).isGreaterThan(least);
        assertThat(rank).hasSize(Rank.LENGTH_MAX + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "V0", "-", "V V", "é", "V\u0000", "Vß"})
    void theseAreNone(String rank) {
        assertThat(Rank.isValid(rank)).isFalse();
    }

    @Test
    void itsLengthIsBounded() {
        assertThat(Rank.isValid("z".repeat(Rank.LENGTH_MAX))).isTrue();
        assertThat(Rank.isValid("z".repeat(Rank.LENGTH_MAX + 1))).isFalse();
    }

    @Test
    void ofRevisionsRisesWithThem(Seed seed) {
        SplittableRandom random = seed.random();
        for (int i = 0; i < 200_000; i++) {
            long revision = i < 100_000 ? i : random.nextLong(SAFE_INTEGER_MAX) >>> random.nextInt(53);
            String rank = Rank.ofRevision(revision);

            assertThat(Rank.ofRevision(revision + 1)).isGreaterThan(rank);
            assertThat(Rank.isValid(rank)).isTrue();
            assertThat(rank).hasSizeLessThanOrEqualTo(11);
        }
    }

    @Test
    void ofRevisionsRisesUpToTheLargestThatJavaScriptCounts() {
        for (long power = 1; power < SAFE_INTEGER_MAX / 62; power *= 62) {
            assertThat(Rank.ofRevision(power)).isGreaterThan(Rank.ofRevision(power - 1));
        }
        assertThat(Rank.ofRevision(SAFE_INTEGER_MAX)).isGreaterThan(Rank.ofRevision(SAFE_INTEGER_MAX - 1));
    }

    @Test
    void aMovedBlockStandsBetweenTwoThatWereNotMoved() {
        ConversationState state = new ConversationState(View.STAFF);
        for (int revision = 1; revision <= 100; revision++) {
            apply(state, revision, message("m." + revision, ""));
        }
        apply(state, 101, Effects.move("m.3", Rank.between(Rank.ofRevision(61), Rank.ofRevision(62))));
        apply(state, 102, Effects.move("m.100", Rank.between("", Rank.ofRevision(1))));

        List<String> shown =
                state.blocks().stream().sorted(Rank.ORDER).map(Block::id).toList();
        assertThat(shown.indexOf("m.3")).isEqualTo(shown.indexOf("m.61") + 1).isEqualTo(shown.indexOf("m.62") - 1);
        assertThat(shown.get(0)).isEqualTo("m.100");
    }

    @Test
    void blocksOfOneRankStandInTheOrderOfTheirRevisionsAndIds() {
        ConversationState state = new ConversationState(View.STAFF);
        apply(state, 1, message("b", ""), message("a", ""));
        apply(state, 2, message("c", ""));
        apply(state, 3, Effects.move("a", "V"), Effects.move("b", "V"), Effects.move("c", "V"));

        assertThat(state.blocks().stream().sorted(Rank.ORDER).map(Block::id)).containsExactly("a", "b", "c");
    }

    private static void apply(ConversationState state, long revision, Effect... effects) {
        state.apply(new Entry(revision, Author.GATEWAY, revision, SubmissionId.NONE, "", List.of(effects), 0));
    }
}

package dev.parley.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What makes it safe to lose, double and reorder states and deltas. */
@ExtendWith(SeedResolver.class)
class LawsTest {
    private static final int RUNS = 1_000;
    private static final int STEPS = 40;

    @Test
    void merging_is_commutative(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                T a = replicas.any();
                T b = replicas.any();
                assertThat(kind.merge(a, b)).isEqualTo(kind.merge(b, a));
            }
        });
    }

    @Test
    void merging_is_associative(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                T a = replicas.any();
                T b = replicas.any();
                T c = replicas.any();
                assertThat(kind.merge(kind.merge(a, b), c)).isEqualTo(kind.merge(a, kind.merge(b, c)));
            }
        });
    }

    @Test
    void merging_again_changes_nothing(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                T a = replicas.any();
                T b = replicas.any();
                assertThat(kind.merge(a, a)).isEqualTo(a);
                assertThat(kind.merge(kind.merge(a, b), b)).isEqualTo(kind.merge(a, b));
                assertThat(kind.merge(a, kind.empty())).isEqualTo(a);
            }
        });
    }

    @Test
    void merging_a_delta_is_merging_the_whole(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                List<T> past = replicas.past;
                T mine = past.get(random.nextInt(past.size()));
                T theirs = past.get(random.nextInt(past.size()));
                T delta = kind.delta(theirs, kind.versions(mine));
                assertThat(kind.merge(mine, delta)).isEqualTo(kind.merge(mine, theirs));
                T earlier = kind.delta(theirs, kind.versions(kind.empty()));
                assertThat(earlier).isEqualTo(theirs);
            }
        });
    }

    @Test
    void who_knows_of_the_same_events_has_the_same_and_needs_nothing(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                replicas.exchange();
                T all = replicas.states().stream().reduce(kind.empty(), kind::merge);
                for (T state : replicas.states()) {
                    assertThat(state).isEqualTo(all);
                    assertThat(kind.delta(state, kind.versions(all))).isEqualTo(kind.empty());
                }
            }
        });
    }

    @Test
    void leaving_replicas_out_before_or_after_merging_is_the_same(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                Set<String> kept = new HashSet<>(Replicas.NAMES);
                kept.remove(Replicas.NAMES.get(random.nextInt(4)));
                kept.remove(Replicas.NAMES.get(random.nextInt(4)));
                T a = replicas.any();
                T b = replicas.any();
                assertThat(kind.retain(kind.merge(a, b), kept))
                        .isEqualTo(kind.merge(kind.retain(a, kept), kind.retain(b, kept)));
            }
        });
    }

    @Test
    void a_state_made_of_its_parts_is_the_same(Seed seed) {
        inRuns(seed, new Law() {
            @Override
            public <T> void check(Kind<T> kind, Replicas<T> replicas, Random random) {
                T state = replicas.any();
                assertThat(Parts.remade(state)).isEqualTo(state);
            }
        });
    }

    private interface Law {
        <T> void check(Kind<T> kind, Replicas<T> replicas, Random random);
    }

    private static void inRuns(Seed seed, Law law) {
        for (Kind<?> kind : Kind.ALL) {
            for (int run = 0; run < RUNS; run++) {
                runOne(kind, new Random(seed.value() + run), law);
            }
        }
    }

    private static <T> void runOne(Kind<T> kind, Random random, Law law) {
        Replicas<T> replicas = new Replicas<>(kind, random);
        replicas.run(random.nextInt(STEPS));
        law.check(kind, replicas, random);
    }
}

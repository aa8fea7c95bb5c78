package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedResolver.class)
class UndoTest {
    private static final int LOGS = 200;
    private static final int ENTRIES = 60;

    @Test
    void whatIsTakenBackLeavesNothingBehind(Seed seed) {
        for (int i = 0; i < LOGS; i++) {
            RandomGenerator random = seed.random(i);
            List<Entry> log = RandomLog.of(ENTRIES, random);
            ConversationState state = new ConversationState(View.STAFF);
            List<Object> seen = new ArrayList<>();
            Deque<ConversationState.Undo> undos = new ArrayDeque<>();
            for (int next = 0; next < log.size(); ) {
                seen.add(all(state));
                undos.add(state.apply(log.get(next)));
                next++;
                if (random.nextInt(8) == 0) {
                    for (int back = Math.min(next, random.nextInt(8)); back > 0; back--) {
                        state.undo(undos.removeLast());
                        next--;
                        assertThat(all(state)).isEqualTo(seen.remove(next));
                    }
                }
            }
        }
    }

    private static Object all(ConversationState state) {
        return List.of(
                CanonicalText.of(state),
                state.revision(),
                state.timeMillis(),
                state.weightBytes(),
                state.hash(5, View.PUBLIC),
                state.latest(Integer.MAX_VALUE, Long.MAX_VALUE, View.STAFF),
                state.changedSince(state.revision() / 2, View.STAFF));
    }
}

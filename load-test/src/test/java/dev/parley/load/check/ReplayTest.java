package dev.parley.load.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.View;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplayTest {
    @Test
    void endsWithTheCanonicalTextOfTheWholeStateForStaff() throws BrokenLogException {
        assertThat(new SmallRun().canonicalText(4, View.STAFF))
                .isEqualTo("{\"attributes\":{\"kind\":\"CHAT\"},\"blocks\":["
                        + "{\"id\":\"agent.1\",\"kind\":\"DRAFT\",\"audience\":\"STAFF\","
                        + "\"author\":{\"subject\":\"agent\",\"role\":\"AGENT\",\"name\":\"\"},"
                        + "\"revision\":3,\"edited\":4,\"timeMillis\":1003,\"composedAtMillis\":0,"
                        + "\"text\":\"hi 🙂\",\"attributes\":{}},"
                        + "{\"id\":\"visitor.1\",\"kind\":\"MESSAGE\",\"audience\":\"PUBLIC\","
                        + "\"author\":{\"subject\":\"visitor\",\"role\":\"VISITOR\",\"name\":\"\"},"
                        + "\"revision\":2,\"edited\":0,\"timeMillis\":1002,\"composedAtMillis\":0,"
                        + "\"text\":\"hello\",\"attributes\":{}}]}");
    }

    @Test
    void showsAPublishedDraftToTheVisitorWhereItWasPublishedAndNoTags() throws BrokenLogException {
        assertThat(new SmallRun().canonicalText(7, View.PUBLIC))
                .startsWith("{\"attributes\":{\"kind\":\"CHAT\",\"read/visitor\":\"5\"},\"blocks\":["
                        + "{\"id\":\"agent.1\",\"kind\":\"MESSAGE\",\"audience\":\"PUBLIC\",")
                .contains("\"revision\":5,\"edited\":0,\"timeMillis\":1005");
    }

    @Test
    void keepsTheLargerOfTwoAdvancesAndTheLaterOfTwoSets() throws BrokenLogException {
        Replay replay = new Replay();
        replay.apply(SmallRun.entry(1, Role.AGENT, 1, SmallRun.set("read/a", "10", true, View.PUBLIC)));
        replay.apply(SmallRun.entry(2, Role.AGENT, 2, SmallRun.set("read/a", "9", true, View.PUBLIC)));
        replay.apply(SmallRun.entry(3, Role.AGENT, 3, SmallRun.set("tag/x", "1", false, View.STAFF)));
        replay.apply(SmallRun.entry(4, Role.AGENT, 4, SmallRun.set("tag/x", "", false, View.STAFF)));

        assertThat(replay.canonicalText(View.STAFF)).isEqualTo("{\"attributes\":{\"read/a\":\"10\"},\"blocks\":[]}");
    }

    @Test
    void countsCodePointsAndKeepsWhatAnEditDoesNotReach() throws BrokenLogException {
        SmallRun run = new SmallRun();
        Replay replay = new Replay();
        for (int i = 0; i < 4; i++) {
            replay.apply(run.log.get(i));
        }
        Effect.Builder edit = Effect.newBuilder().setAudience(View.STAFF);
        edit.getEditTextBuilder().setBlock("agent.1").setBaseLength(4);
        edit.getEditTextBuilder()
                .getEditBuilder()
                .addAllSpans(List.of(1, 0, -2))
                .addInserts("ey");

        replay.apply(SmallRun.entry(5, Role.AGENT, 3, edit.build()));

        assertThat(replay.canonicalText(View.STAFF)).contains("\"text\":\"hey🙂\"");
    }

    @Test
    void refusesEditsThatAreNotCanonical() throws BrokenLogException {
        for (List<Integer> spans :
                List.of(List.of(1, 1, 0), List.of(-1, 0), List.of(0, 2), List.of(1), List.of(0, 0), List.of(5, 0))) {
            SmallRun run = new SmallRun();
            Replay replay = new Replay();
            for (int i = 0; i < 4; i++) {
                replay.apply(run.log.get(i));
            }
            Effect.Builder edit = Effect.newBuilder().setAudience(View.STAFF);
            edit.getEditTextBuilder().setBlock("agent.1").setBaseLength(4);
            edit.getEditTextBuilder().getEditBuilder().addAllSpans(spans);
            spans.stream().filter(span -> span == 0).forEach(insert -> edit.getEditTextBuilder()
                    .getEditBuilder()
                    .addInserts("x"));

            assertThatThrownBy(() -> replay.apply(SmallRun.entry(5, Role.AGENT, 3, edit.build())))
                    .as("spans %s", spans)
                    .isInstanceOf(BrokenLogException.class);
        }
    }
}

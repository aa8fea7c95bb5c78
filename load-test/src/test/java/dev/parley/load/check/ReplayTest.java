package dev.parley.load.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.v1.BlockKind;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.View;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class ReplayTest {
    @Test
    void endsWithTheCanonicalTextOfTheWholeStateForStaff() throws BrokenLogException {
        assertThat(new SmallRun().canonicalText(4, View.STAFF))
                .isEqualTo("{\"attributes\":{\"kind\":\"CHAT\"},\"blocks\":["
                        + "{\"id\":\"agent.1\",\"kind\":\"DRAFT\",\"audience\":\"STAFF\","
                        + "\"author\":{\"subject\":\"agent\",\"role\":\"AGENT\",\"name\":\"\"},\"owners\":[],"
                        + "\"revision\":3,\"edited\":4,\"timeMillis\":1003,\"composedAtMillis\":0,"
                        + "\"text\":\"hi 🙂\",\"attributes\":{},\"rank\":\"\",\"mergedInto\":\"\",\"erased\":false,"
                        + "\"anchors\":[],\"authors\":[{\"subject\":\"agent\",\"role\":\"AGENT\",\"name\":\"\"}],"
                        + "\"authorship\":[4,0]},"
                        + "{\"id\":\"visitor.1\",\"kind\":\"MESSAGE\",\"audience\":\"PUBLIC\","
                        + "\"author\":{\"subject\":\"visitor\",\"role\":\"VISITOR\",\"name\":\"\"},\"owners\":[],"
                        + "\"revision\":2,\"edited\":0,\"timeMillis\":1002,\"composedAtMillis\":0,"
                        + "\"text\":\"hello\",\"attributes\":{},\"rank\":\"\",\"mergedInto\":\"\",\"erased\":false,"
                        + "\"anchors\":[],\"authors\":[{\"subject\":\"visitor\",\"role\":\"VISITOR\",\"name\":\"\"}],"
                        + "\"authorship\":[5,0]}]}");
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

    /** A visitor's message "ab", an agent's "cd" and a draft "hi" of the agent's, at revisions 1 to 3. */
    private static Replay threeBlocks() throws BrokenLogException {
        Replay replay = new Replay();
        replay.apply(SmallRun.entry(1, Role.VISITOR, 1, SmallRun.create("v", BlockKind.MESSAGE, "ab", View.PUBLIC)));
        replay.apply(SmallRun.entry(2, Role.AGENT, 1, SmallRun.create("a", BlockKind.MESSAGE, "cd", View.PUBLIC)));
        replay.apply(SmallRun.entry(3, Role.AGENT, 2, SmallRun.create("d", BlockKind.DRAFT, "hi", View.STAFF)));
        return replay;
    }

    private static Effect place(String block, String name, int start, int end, boolean run) {
        Effect.Builder effect = Effect.newBuilder().setAudience(View.STAFF);
        effect.getPlaceAnchorBuilder()
                .setBlock(block)
                .setName(name)
                .setStart(start)
                .setEnd(end)
                .setRun(run);
        return effect.build();
    }

    private static Effect edit(String block, int baseLength, View audience, List<Integer> spans, String... inserts) {
        Effect.Builder effect = Effect.newBuilder().setAudience(audience);
        effect.getEditTextBuilder().setBlock(block).setBaseLength(baseLength);
        effect.getEditTextBuilder().getEditBuilder().addAllSpans(spans).addAllInserts(List.of(inserts));
        return effect.build();
    }

    private static Effect merge(String block, String into, int intoLength, int at, int length) {
        Effect.Builder effect = Effect.newBuilder().setAudience(View.PUBLIC);
        effect.getRetargetBuilder().setBlock(block).setInto(into).setIntoLength(intoLength);
        effect.getRetargetBuilder().setAt(at).setLength(length);
        return effect.build();
    }

    private static Effect erase(String block) {
        Effect.Builder effect = Effect.newBuilder().setAudience(View.PUBLIC);
        effect.getEraseBuilder().setBlock(block);
        return effect.build();
    }

    private static Effect move(String block, String rank) {
        Effect.Builder effect = Effect.newBuilder().setAudience(View.PUBLIC);
        effect.getMoveBuilder().setBlock(block).setRank(rank);
        return effect.build();
    }

    private static String person(String name) {
        return "{\"subject\":\"" + name + "\",\"role\":\"" + name.toUpperCase(Locale.ROOT) + "\",\"name\":\"\"}";
    }

    @Test
    void appendsAMergedBlockBehindALineFeedWithItsAnchorsAndOwners() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.AGENT, 3, place("a", "s", 1, 2, false)));

        replay.apply(SmallRun.entry(5, Role.AGENT, 4, merge("a", "v", 2, 3, 2)));

        assertThat(replay.canonicalText(View.STAFF))
                .contains("\"owners\":[" + person("agent") + "],\"revision\":1,\"edited\":5")
                .contains("\"text\":\"ab\\ncd\"")
                .contains("{\"name\":\"s\",\"start\":4,\"end\":5,\"run\":false,\"stale\":false,\"written\":0}")
                .contains("\"authors\":[" + person("visitor") + "," + person("agent") + "],\"authorship\":[2,0,3,1]")
                .contains("\"text\":\"\",\"attributes\":{},\"rank\":\"\",\"mergedInto\":\"v\",\"erased\":false,"
                        + "\"anchors\":[],\"authors\":[" + person("agent") + "],\"authorship\":[]");
    }

    @Test
    void mergesWithoutALineFeedWhereOneOfTheTextsIsEmpty() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.VISITOR, 2, edit("v", 2, View.PUBLIC, List.of(-2))));

        replay.apply(SmallRun.entry(5, Role.AGENT, 3, merge("a", "v", 0, 0, 2)));

        assertThat(replay.canonicalText(View.PUBLIC)).contains("\"text\":\"cd\"");
    }

    @Test
    void leavesNothingOfAnErasedBlockButWhereItStood() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.AGENT, 3, move("v", "G1V")));

        replay.apply(SmallRun.entry(5, Role.AGENT, 4, erase("v")));

        assertThat(replay.canonicalText(View.PUBLIC))
                .contains("\"revision\":1,\"edited\":5")
                .contains("\"text\":\"\",\"attributes\":{},\"rank\":\"G1V\",\"mergedInto\":\"\",\"erased\":true");
    }

    @Test
    void keepsARunsPlaceLeftOfForeignTextAndMovesItWithItsOwn() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.AGENT, 3, place("d", "run", 2, 2, true)));
        Entry.Builder byRun =
                SmallRun.entry(5, Role.AGENT, 4, edit("d", 2, View.STAFF, List.of(2, 0), "🙂!")).toBuilder();
        byRun.getOriginBuilder().setRun("run");
        replay.apply(byRun.build());

        replay.apply(SmallRun.entry(6, Role.AGENT, 5, edit("d", 4, View.STAFF, List.of(0, 4, 0), "oh ", "?")));

        assertThat(replay.canonicalText(View.STAFF))
                .contains("\"text\":\"oh hi🙂!?\"")
                .contains("{\"name\":\"run\",\"start\":7,\"end\":7,\"run\":true,\"stale\":false,\"written\":2}");
    }

    @Test
    void takesNothingIntoASuggestionsRangeAtItsEndsAndMarksItStaleOnceAllOfItIsGone() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.AGENT, 3, place("v", "s", 0, 1, false)));
        replay.apply(SmallRun.entry(5, Role.VISITOR, 2, edit("v", 2, View.PUBLIC, List.of(0, 1, 0), "x", "y")));
        String ranged = replay.canonicalText(View.STAFF);

        replay.apply(SmallRun.entry(6, Role.VISITOR, 3, edit("v", 4, View.PUBLIC, List.of(-3))));

        assertThat(ranged).contains("\"start\":1,\"end\":2,\"run\":false,\"stale\":false");
        assertThat(replay.canonicalText(View.STAFF)).contains("\"start\":0,\"end\":0,\"run\":false,\"stale\":true");
        assertThat(replay.canonicalText(View.PUBLIC)).contains("\"anchors\":[],\"authors\":[],\"authorship\":[]");
    }

    @Test
    void keepsWhoWroteADraftAndItsSuggestionsButNoRunWhenItIsPublished() throws BrokenLogException {
        Replay replay = threeBlocks();
        replay.apply(SmallRun.entry(4, Role.AGENT, 3, place("d", "run", 2, 2, true)));
        replay.apply(SmallRun.entry(5, Role.AGENT, 4, place("d", "s", 0, 1, false)));

        replay.apply(SmallRun.entry(6, Role.ADMIN, 1, SmallRun.reveal("d", "hi")));

        assertThat(replay.canonicalText(View.STAFF))
                .contains("\"kind\":\"MESSAGE\",\"audience\":\"PUBLIC\",\"author\":" + person("admin"))
                .contains(
                        "\"anchors\":[{\"name\":\"s\",\"start\":0,\"end\":1,\"run\":false,\"stale\":false,\"written\":0}],"
                                + "\"authors\":[" + person("agent") + "],\"authorship\":[2,0]");
    }

    @Test
    void refusesEffectsThatDoNotFit() throws BrokenLogException {
        for (Effect effect : List.of(
                merge("v", "v", 2, 3, 2),
                merge("v", "d", 2, 3, 2),
                merge("v", "a", 1, 2, 2),
                merge("v", "a", 2, 2, 2),
                merge("v", "a", 2, 3, 1),
                merge("v", "none", 2, 3, 2),
                move("v", ""),
                move("v", "a0"),
                move("v", "a-b"),
                move("v", "a".repeat(65)),
                move("d", "a"),
                erase("d"),
                erase("none"),
                place("v", "s", 2, 1, false),
                place("v", "s", 1, 3, false),
                place("v", "s", 0, 1, false).toBuilder()
                        .setAudience(View.PUBLIC)
                        .build(),
                Effect.getDefaultInstance())) {
            Replay replay = threeBlocks();

            assertThatThrownBy(() -> replay.apply(SmallRun.entry(4, Role.AGENT, 3, effect)))
                    .as("%s", effect)
                    .isInstanceOf(BrokenLogException.class);
        }
    }

    @Test
    void refusesToChangeATextThatIsGone() throws BrokenLogException {
        for (Effect gone : List.of(erase("a"), merge("a", "v", 2, 3, 2))) {
            for (Effect effect : List.of(
                    edit("a", 0, View.PUBLIC, List.of(0), "x"),
                    erase("a"),
                    merge("a", "v", gone.hasErase() ? 2 : 5, 2, 0),
                    merge("v", "a", 0, 0, 2),
                    place("a", "s", 0, 0, false))) {
                Replay replay = threeBlocks();
                replay.apply(SmallRun.entry(4, Role.AGENT, 3, gone));

                assertThatThrownBy(() -> replay.apply(SmallRun.entry(5, Role.AGENT, 4, effect)))
                        .as("%s after %s", effect, gone)
                        .isInstanceOf(BrokenLogException.class);
            }
        }
    }

    @Test
    void tellsAVisitorNothingOfWhereAnEntryCameFrom() {
        Entry.Builder entry =
                SmallRun.entry(1, Role.AGENT, 1, SmallRun.create("a", BlockKind.MESSAGE, "hi", View.PUBLIC))
                        .toBuilder();
        entry.getOriginBuilder().setModel("m");

        assertThat(Replay.seenBy(entry.build(), View.STAFF)).isEqualTo(entry.build());
        assertThat(Replay.seenBy(entry.build(), View.PUBLIC))
                .isEqualTo(entry.clearOrigin().build());
    }
}

package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.fixture.VectorFile;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many members at once on bad lines: answers lost, submissions sent twice, connections broken at any moment, places in the
 * log lost, only the latest blocks told to who starts anew. In the end all see the same, nothing is pending, and each
 * character is there or not as it was meant.
 */
@ExtendWith(SeedResolver.class)
class ReplicaFarmTest {
    private static final int HISTORY_MAX = 50;

    @Test
    void nothingIsLostNothingIsDoubledAndAllSeeTheSame(Seed seed) {
        AtomicInteger entries = new AtomicInteger();
        AtomicInteger unsent = new AtomicInteger();
        AtomicInteger pages = new AtomicInteger();
        Set<String> commands = Collections.synchronizedSet(new TreeSet<>());
        IntStream.range(0, 300).parallel().forEach(round -> {
            ScheduledPlay play = new ScheduledPlay(schedule(seed, round), round % 3 == 0 ? 1 : Integer.MAX_VALUE);
            play.run();
            entries.addAndGet(play.room().log().log().size());
            play.room()
                    .log()
                    .log()
                    .forEach(logged -> commands.add(logged.entry().command()));
            play.room().members().forEach(member -> {
                unsent.addAndGet(member.unsent().size());
                pages.addAndGet(member.pages());
            });
        });

        assertThat(entries.get()).isGreaterThan(10_000);
        assertThat(unsent.get()).isGreaterThan(30);
        assertThat(pages.get()).isGreaterThan(30);
        assertThat(commands).hasSize(Operation.Command.class.getPermittedSubclasses().length + 1);
    }

    @Test
    void whatWaitsForAnOwnDraftIsKeptByWhoLosesItsPlace(Seed seed) {
        AtomicInteger mergedDrafts = new AtomicInteger();
        IntStream.range(0, 100).parallel().forEach(round -> {
            ScheduledPlay play = new ScheduledPlay(
                    aboutDrafts(Schedule.random(2 + round % 2, 300, HISTORY_MAX, seed.random(round))));
            play.run();
            play.room().members().forEach(member -> mergedDrafts.addAndGet(member.mergedDrafts()));
        });

        assertThat(mergedDrafts.get()).isGreaterThan(30);
    }

    /** Agents who do little but write drafts, and whose place is lost whenever their lines break. */
    private static Schedule aboutDrafts(Schedule schedule) {
        List<Schedule.Step> steps = schedule.steps().stream()
                .map(step -> new Schedule.Step(
                        step.who(),
                        switch (step.act()) {
                            case CREATE, MERGE, SUGGEST, ACCEPT, START_RUN, APPEND -> Schedule.Act.EDIT;
                            case SET, ADVANCE, CLOSE, DROP -> Schedule.Act.LOSE_PLACE;
                            default -> step.act();
                        },
                        step.a(),
                        step.b(),
                        step.c()))
                .toList();
        return new Schedule(Collections.nCopies(schedule.members().size(), Role.AGENT), schedule.historyMax(), steps);
    }

    @Test
    void aLargeFarmConvergesToo(Seed seed) {
        new ScheduledPlay(Schedule.random(16, 2_000, HISTORY_MAX, seed.random())).run();
    }

    /** The client's replicas play them too. */
    @Test
    void eachRunLeavesItsSchedules(Seed seed) {
        List<String> lines = IntStream.range(0, 300)
                .mapToObj(round -> schedule(seed, round).json())
                .toList();

        VectorFile.ofThisRun("schedule.jsonl").write(lines);
        assertThat(lines).noneMatch(line -> line.contains("\n"));
    }

    private static Schedule schedule(Seed seed, int round) {
        return Schedule.random(2 + round % 5, 300, round % 8 == 0 ? 5 : HISTORY_MAX, seed.random(round));
    }
}

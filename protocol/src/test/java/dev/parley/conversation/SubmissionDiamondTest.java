package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The two ways around: a submission and an entry made on one state, of every kind of effect. The gateway has the entry and
 * then the submission as it was moved past it; the submission's author shows it and then the entry as that was moved. Every
 * text must come out the same, and no effect may fit badly where it is applied.
 */
@ExtendWith(SeedResolver.class)
class SubmissionDiamondTest {
    private static final List<Role> ROLES = List.of(Role.values());
    private static final List<String> BLOCKS = List.of("a", "b", "c");

    @Test
    void bothWaysAroundEndInTheSameTexts(Seed seed) {
        int crossed = 0;
        RandomEdits edits = new RandomEdits(seed.random());
        for (int i = 0; i < 100_000; i++) {
            Case play = new Case(edits);
            crossed += play.bothWaysAround() ? 1 : 0;
        }
        assertThat(crossed).isGreaterThan(80_000);
    }

    /** A second entry, and a second submission behind the first: what a replica with several pending does all the time. */
    @Test
    void aGridOfSubmissionsAndEntriesEndsInTheSameTexts(Seed seed) {
        RandomEdits edits = new RandomEdits(seed.random());
        for (int i = 0; i < 30_000; i++) {
            new Case(edits).grid();
        }
    }

    private static final class Case {
        private final Map<String, Text> base = new TreeMap<>();
        private final RandomEffects mine;
        private final RandomEffects theirs;
        private final List<Effect> submission;
        private final List<Effect> entry;
        private final Role author;
        private final Role entryAuthor;

        Case(RandomEdits edits) {
            BLOCKS.forEach(block -> base.put(block, edits.text(6)));
            mine = new RandomEffects(edits, base);
            theirs = new RandomEffects(edits, base);
            submission = mine.submission("mine", 4);
            entry = theirs.entry("theirs", 4);
            author = ROLES.get(edits.random().nextInt(ROLES.size()));
            entryAuthor = ROLES.get(edits.random().nextInt(ROLES.size()));
        }

        boolean bothWaysAround() {
            try {
                Transform.Crossed crossed = Transform.cross(submission, author, entry, entryAuthor);
                assertSame(List.of(entry, crossed.submission()), List.of(submission, crossed.entry()));
                assertThat(Transform.past(submission, author, entry, entryAuthor))
                        .isEqualTo(crossed.submission());
                return true;
            } catch (RejectedException rejected) {
                assertTaken(rejected.code());
                return false;
            }
        }

        void grid() {
            List<Effect> secondSubmission = mine.submission("more", 2);
            List<Effect> secondEntry = theirs.entry("later", 2);
            try {
                Transform.Crossed first = Transform.cross(submission, author, entry, entryAuthor);
                Transform.Crossed below = Transform.cross(secondSubmission, author, first.entry(), entryAuthor);
                Transform.Crossed right = Transform.cross(first.submission(), author, secondEntry, entryAuthor);
                Transform.Crossed last = Transform.cross(below.submission(), author, right.entry(), entryAuthor);
                assertSame(
                        List.of(entry, secondEntry, right.submission(), last.submission()),
                        List.of(submission, secondSubmission, below.entry(), last.entry()));
            } catch (RejectedException rejected) {
                assertThat(rejected.code()).isIn(RejectCode.BLOCK_ERASED, RejectCode.BLOCK_PUBLISHED);
            }
        }

        /** Only what was erased or published is out of reach of an edit. */
        private void assertTaken(RejectCode code) {
            Class<? extends Effect> taker = code == RejectCode.BLOCK_ERASED ? Effect.Erase.class : Effect.Reveal.class;
            assertThat(code).isIn(RejectCode.BLOCK_ERASED, RejectCode.BLOCK_PUBLISHED);
            assertThat(entry).anyMatch(taker::isInstance);
        }

        private void assertSame(List<List<Effect>> gateway, List<List<Effect>> client) {
            Map<String, String> confirmed = texts(gateway);
            Map<String, String> displayed = texts(client);
            if (!confirmed.equals(displayed)) {
                fail(
                        "on %s, %s by %s past %s by %s: %s or %s",
                        base, submission, author, entry, entryAuthor, confirmed, displayed);
            }
        }

        private Map<String, String> texts(List<List<Effect>> entries) {
            ConversationState state = new ConversationState(View.STAFF);
            List<Effect> creates = new ArrayList<>();
            base.forEach((block, text) -> creates.add(Effects.draft(block, text.toString())));
            state.apply(entry(1, creates));
            for (List<Effect> effects : entries) {
                state.apply(entry(state.revision() + 1, effects));
            }
            Map<String, String> texts = new TreeMap<>();
            state.blocks().forEach(block -> texts.put(block.id(), block.mergedInto() + ":" + block.text()));
            return texts;
        }

        private static Entry entry(long revision, List<Effect> effects) {
            return new Entry(revision, Author.GATEWAY, 0, SubmissionId.NONE, "", effects, 0);
        }
    }
}

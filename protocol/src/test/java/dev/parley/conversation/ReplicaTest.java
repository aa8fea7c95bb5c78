package dev.parley.conversation;

import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.reveal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author BEN = new Author("ben", Role.AGENT, "Ben");

    private long contentIds = 40;
    private final Replica replica = new Replica(ANN, "box", () -> ++contentIds);

    @BeforeEach
    void aConversationWithTwoBlocks() {
        receive(entry(1, message("a", "aaaa"), message("b", "bbbb")));
    }

    private static Entry entry(long revision, Effect... effects) {
        return new Entry(
                revision, BEN, 1_000 + revision, new SubmissionId("other", revision, 1), "", List.of(effects), 0);
    }

    private static Entry own(long revision, SubmissionId id, Effect... effects) {
        return new Entry(revision, ANN, 1_000 + revision, id, "", List.of(effects), 0);
    }

    private void receive(Entry entry) {
        replica.receive(List.of(entry), new Position(entry.revision(), entry.revision() * 7));
    }

    private Submission takeNext() {
        Submission next = replica.takeNext();
        if (next == null) {
            throw new AssertionError("nothing to send");
        }
        return next;
    }

    @Test
    void oneSubmissionIsInFlightAtATime() {
        SubmissionId first = replica.edit("a", TextEdit.insert(0, "1"));
        SubmissionId second = replica.edit("a", TextEdit.insert(1, "2"));

        assertThat(takeNext().id()).isEqualTo(first);
        assertThat(replica.takeNext()).isNull();

        receive(own(2, first, edit("a", 4, TextEdit.insert(0, "1"))));

        assertThat(takeNext().id()).isEqualTo(second);
        assertThat(replica.answeredSeq()).isEqualTo(1);
    }

    @Test
    void aSubmissionKeepsItsNumberAndContentIdAndMovesItsBase() {
        SubmissionId id = replica.edit("a", TextEdit.insert(4, "!"));
        Submission sent = takeNext();
        receive(entry(2, edit("a", 4, TextEdit.insert(0, "<<"))));
        replica.sendAgain();
        Submission again = takeNext();

        assertThat(id).isEqualTo(new SubmissionId("box", 1, 41));
        assertThat(sent)
                .isEqualTo(new Submission(
                        id, new Position(1, 7), List.of(new Operation.EditText("a", 4, TextEdit.insert(4, "!"))), 0));
        assertThat(again)
                .isEqualTo(new Submission(
                        id, new Position(2, 14), List.of(new Operation.EditText("a", 6, TextEdit.insert(6, "!"))), 0));
    }

    @Test
    void operationsGoOutAsTheyWereAsked() {
        List<Operation> operations = List.of(
                new Operation.CreateBlock(
                        replica.nextBlockId(), BlockKind.NOTE, View.STAFF, "text", Effects.attributes("k", "v")),
                new Operation.EditText("a", 4, TextEdit.delete(0, 1)),
                new Operation.SetAttribute("b", "key", ""),
                new Operation.Advance("read", 12));
        replica.submit(operations, 77);
        replica.submit(List.of(new Operation.PublishDraft("b", 0)), 0);

        Submission first = takeNext();
        assertThat(first.operations()).isEqualTo(operations);
        assertThat(first.composedAtMillis()).isEqualTo(77);
        replica.rejected(first.id(), RejectCode.FORBIDDEN);
        assertThat(takeNext().operations()).containsExactly(new Operation.PublishDraft("b", 0));
    }

    @Test
    void aSuggestionsAnchorGoesOutWhereItsTextIsByThen() {
        replica.edit("a", TextEdit.insert(4, "!"));
        Operation.CreateBlock suggestion = new Operation.CreateBlock(
                "box.2", BlockKind.SUGGESTION, View.STAFF, "better", Effects.attributes("target", "a"));
        replica.submit(List.of(suggestion, new Operation.PlaceAnchor("a", 5, "box.2", 1, 5)), 0);

        receive(entry(2, edit("a", 4, TextEdit.insert(0, "<<"))));
        replica.rejected(takeNext().id(), RejectCode.FORBIDDEN);

        assertThat(takeNext().operations())
                .containsExactly(suggestion, new Operation.PlaceAnchor("a", 6, "box.2", 3, 6));
    }

    @Test
    void aSuggestionForATextThatWasReplacedLosesItsAnchor() {
        Operation.PlaceAnchor anchor = new Operation.PlaceAnchor("a", 4, "box.1", 1, 2);
        replica.submit(
                List.of(
                        new Operation.CreateBlock(
                                "box.1", BlockKind.SUGGESTION, View.STAFF, "better", Effects.attributes("target", "a")),
                        anchor),
                0);

        replica.receive(1, List.of(replaced("a")), Attributes.NONE, new Position(9, 9), 0);

        assertThat(replica.unsent())
                .containsExactly(
                        new Replica.Unsent(new SubmissionId("box", 1, 41), List.of(anchor), RejectCode.CHANGED));
    }

    @Test
    void whatWasTypedBehindAnOwnMergeFollowsTheText() {
        SubmissionId merge = replica.submit(List.of(new Operation.MergeBlocks("b", "a")), 0);
        replica.edit("b", TextEdit.insert(4, "!"));
        takeNext();

        receive(new Entry(
                2, ANN, 1_002, merge, "MergeBlocks", List.of(new Effect.Retarget("b", "a", 4, 5, 4, View.PUBLIC)), 0));

        assertThat(replica.text("a")).isEqualTo(Text.of("aaaa\nbbbb!"));
        assertThat(takeNext().operations()).containsExactly(new Operation.EditText("a", 9, TextEdit.insert(9, "!")));
    }

    @Test
    void blockIdsBeginWithTheOutboxAndAreNeverGivenTwice() {
        String first = replica.nextBlockId();
        replica.submit(List.of(new Operation.CreateBlock(first, BlockKind.NOTE, View.STAFF, "", Attributes.NONE)), 0);

        assertThat(first).isEqualTo("box.1");
        assertThat(replica.nextBlockId()).isEqualTo("box.2");
    }

    @Test
    void anEntryWithItsNumberAndOtherContentIsNotItsOwn() {
        SubmissionId id = replica.edit("a", TextEdit.insert(4, "!"));
        takeNext();
        receive(own(2, new SubmissionId("box", id.seq(), 999), edit("a", 4, TextEdit.insert(4, "?"))));

        assertThat(replica.pendingCount()).isEqualTo(1);
        assertThat(replica.text("a")).isEqualTo(Text.of("aaaa!?"));
    }

    @Test
    void answersToOtherSubmissionsChangeNothing() {
        SubmissionId id = replica.edit("a", TextEdit.insert(4, "!"));
        takeNext();
        replica.accepted(new SubmissionId("box", 2, id.contentId()));
        replica.rejected(new SubmissionId("box", 1, 999), RejectCode.FORBIDDEN);

        assertThat(replica.pendingCount()).isEqualTo(1);
        assertThat(replica.unsent()).isEmpty();
        assertThat(replica.answeredSeq()).isZero();
    }

    @Test
    void aRejectedCommandIsKeptForItsAuthor() {
        replica.submit(List.of(new Operation.PublishDraft("b", 0)), 0);
        replica.rejected(takeNext().id(), RejectCode.CHANGED);

        assertThat(replica.unsent())
                .containsExactly(new Replica.Unsent(
                        new SubmissionId("box", 1, 41),
                        List.of(new Operation.PublishDraft("b", 0)),
                        RejectCode.CHANGED));
        assertThat(replica.pendingCount()).isZero();
    }

    @Test
    void whatWasTypedIntoARejectedInsertStays() {
        SubmissionId first = replica.edit("a", TextEdit.insert(2, "xxxx"));
        replica.edit("a", TextEdit.insert(4, "Y"));
        replica.edit("a", TextEdit.delete(1, 2));
        assertThat(replica.text("a")).isEqualTo(Text.of("axYxxaa"));
        takeNext();

        replica.rejected(first, RejectCode.FORBIDDEN);

        assertThat(replica.text("a")).isEqualTo(Text.of("aYaa"));
        assertThat(takeNext().operations()).containsExactly(new Operation.EditText("a", 4, TextEdit.insert(2, "Y")));
    }

    @Test
    void aRejectedSubmissionOfSeveralEditsIsTakenBackAltogether() {
        replica.submit(
                List.of(
                        new Operation.EditText("a", 4, TextEdit.replace(0, 2, "xyz")),
                        new Operation.EditText("b", 4, TextEdit.delete(0, 4)),
                        new Operation.EditText("a", 5, TextEdit.delete(1, 3))),
                0);
        replica.edit("b", TextEdit.insert(0, "new"));

        replica.rejected(takeNext().id(), RejectCode.FORBIDDEN);

        assertThat(replica.text("a")).isEqualTo(Text.of("aaaa"));
        assertThat(replica.text("b")).isEqualTo(Text.of("newbbbb"));
        assertThat(replica.unsent()).hasSize(1);
    }

    /** An entry may do both; the edits that go with the publication must not confuse what is taken back. */
    @Test
    void aPublicationBesideEditsOfOtherBlocksTakesBackOnlyWhatItMeets() {
        replica.edit("a", TextEdit.insert(4, "!"));
        replica.submit(
                List.of(
                        new Operation.EditText("a", 5, TextEdit.insert(5, "?")),
                        new Operation.EditText("b", 4, TextEdit.insert(4, "?"))),
                0);
        replica.edit("a", TextEdit.insert(0, "<"));

        receive(entry(2, edit("a", 4, TextEdit.insert(2, "--")), reveal("b", "bbbb")));

        assertThat(replica.text("a")).isEqualTo(Text.of("<aa--aa!"));
        assertThat(replica.text("b")).isEqualTo(Text.of("bbbb"));
        assertThat(replica.unsent()).extracting(Replica.Unsent::code).containsExactly(RejectCode.BLOCK_PUBLISHED);
        assertThat(takeNext().operations()).containsExactly(new Operation.EditText("a", 6, TextEdit.insert(6, "!")));
    }

    @Test
    void whatCanNoLongerBeMeantStillUsesItsNumber() {
        SubmissionId lost = replica.edit("b", TextEdit.insert(4, "?"));
        SubmissionId next = replica.edit("a", TextEdit.insert(4, "!"));
        receive(entry(2, reveal("b", "bbbb")));

        Submission sent = takeNext();
        assertThat(sent).isEqualTo(new Submission(lost, new Position(2, 14), List.of(), 0));
        replica.rejected(lost, RejectCode.MALFORMED);

        assertThat(replica.unsent()).extracting(Replica.Unsent::code).containsExactly(RejectCode.BLOCK_PUBLISHED);
        assertThat(takeNext().id()).isEqualTo(next);
    }

    @Test
    void aReplicaOfTheLatestBlocksPassesOverWhatIsAboutOlderOnesAndTakesThemInAsTheyAreThen() {
        Block known = block("a");
        replica.receive(0, List.of(known), new TreeMap<>(), new Position(2, 14), 2);
        assertThat(replica.lacksHalfOf(own(3, SubmissionId.NONE, Effects.edit("old", 3, TextEdit.insert(0, "x")))))
                .isFalse();

        receive(own(3, SubmissionId.NONE, Effects.edit("old", 3, TextEdit.insert(0, "x")), Effects.move("old", "V")));
        assertThat(replica.text("old")).isNull();
        assertThat(replica.confirmed().olderThan()).isEqualTo(2);

        ConversationState whole = new ConversationState(View.STAFF);
        whole.apply(own(1, SubmissionId.NONE, message("old", "xold")));
        replica.addOlder(whole.blocks(), 0);
        assertThat(replica.text("old")).isEqualTo(Text.of("xold"));
        assertThat(replica.confirmed().olderThan()).isZero();
    }

    @Test
    void aReplicaThatReadOnlyHalfOfWhatIsMergedSaysSo() {
        Effect.Retarget merge = new Effect.Retarget("old", "a", 4, 5, 3, View.PUBLIC);
        Entry entry = own(3, SubmissionId.NONE, merge);
        assertThat(replica.lacksHalfOf(entry)).isFalse();

        replica.receive(0, List.of(block("a")), new TreeMap<>(), new Position(2, 14), 2);
        assertThat(replica.lacksHalfOf(entry)).isTrue();

        replica.receive(0, List.of(), new TreeMap<>(), new Position(2, 14), 2);
        assertThat(replica.lacksHalfOf(entry)).isFalse();
    }

    /** With another text of the same length. */
    private Block replaced(String id) {
        Block block = block(id);
        return new Block(
                id,
                block.kind(),
                block.audience(),
                block.author(),
                block.owners(),
                block.revision(),
                9,
                block.timeMillis(),
                block.composedAtMillis(),
                Text.of(block.text().toString().toUpperCase(Locale.ROOT)),
                block.attributes(),
                block.rank(),
                block.mergedInto(),
                block.erased(),
                block.anchors(),
                block.authorship());
    }

    private Block block(String id) {
        return Objects.requireNonNull(replica.confirmed().block(id));
    }

    @Test
    void anEditThatBlocksOverruledIsBackWhenItsEntryCameThroughAllTheSame() {
        SubmissionId sent = replica.submit(
                List.of(
                        new Operation.CreateBlock("box.1", BlockKind.MESSAGE, View.PUBLIC, "new", Attributes.NONE),
                        new Operation.EditText("a", 4, TextEdit.insert(0, "1"))),
                0);
        takeNext();
        replica.receive(0, List.of(replaced("a")), new TreeMap<>(), new Position(2, 14), 0);
        assertThat(replica.unsent()).hasSize(1);
        replica.edit("a", TextEdit.insert(4, "2"));

        receive(own(3, sent, message("box.1", "new"), edit("a", 4, TextEdit.insert(0, "1"))));

        assertThat(replica.text("a")).isEqualTo(Text.of("1AAAA2"));
        assertThat(takeNext().operations()).containsExactly(new Operation.EditText("a", 5, TextEdit.insert(5, "2")));
        assertThat(replica.text("box.1")).isEqualTo(Text.of("new"));
        assertThat(replica.unsent()).isEmpty();
    }

    @Test
    void onlyABlockThatIsThereCanBeEdited() {
        assertThatThrownBy(() -> replica.edit("c", TextEdit.insert(0, "x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(replica.text("c")).isNull();
    }

    @Test
    void theConfirmedStateKnowsNothingOfWhatIsPending() {
        replica.edit("a", TextEdit.insert(0, "x"));

        assertThat(replica.confirmed().block("a")).extracting(Block::text).isEqualTo(Text.of("aaaa"));
        assertThat(replica.text("a")).isEqualTo(Text.of("xaaaa"));
        assertThat(replica.position()).isEqualTo(new Position(1, 7));
        assertThat(replica.outbox()).isEqualTo("box");
    }
}

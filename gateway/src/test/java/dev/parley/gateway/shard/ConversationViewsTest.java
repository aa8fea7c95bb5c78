package dev.parley.gateway.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.Block;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.StateHash;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.StoredConversation;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What replicas of each view are told: snapshots, pages and hashes. */
class ConversationViewsTest {
    private static final Author VERA = new Author("vera", Role.VISITOR, "Vera");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final int SNAPSHOT_BLOCKS = Limits.DEFAULT.snapshotBlocks();

    private final Conversation conversation = new Conversation(
            new ConversationKey("shop", "c"),
            new StoredConversation(Chain.START, null, List.of(), List.of(), null),
            new Policy(),
            Limits.DEFAULT,
            ConversationTest.BOUNDS);
    private final List<LoggedEntry> log = new ArrayList<>();
    private final Map<Author, Long> seqs = new HashMap<>();

    @BeforeEach
    void veraOpensIt() {
        log.add(conversation.create(VERA, "CHAT", "chat", 1_000));
    }

    @Test
    void aSmallConversationIsWholeInItsSnapshot() {
        messages(SNAPSHOT_BLOCKS - 1);

        assertThat(snapshot(View.PUBLIC).olderThan()).isZero();
        assertThat(snapshot(View.PUBLIC).blocks()).hasSize(SNAPSHOT_BLOCKS - 1);
    }

    @Test
    void aSnapshotHasTheLatestBlocksAndWhatIsPinnedOrWorkedOn() {
        submit(ANN, draft("an old draft"));
        submit(VERA, message("pinned"));
        submit(ANN, new Operation.SetAttribute("vera.1", Attributes.PINNED, "V"));
        messages(SNAPSHOT_BLOCKS + 50);

        Delivery.Blocks staff = snapshot(View.STAFF);
        assertThat(staff.blocks()).hasSize(SNAPSHOT_BLOCKS + 2);
        assertThat(texts(staff.blocks()).subList(0, 2)).containsExactly("an old draft", "pinned");
        assertThat(staff.olderThan()).isEqualTo(staff.blocks().get(2).revision());
        assertThat(texts(snapshot(View.PUBLIC).blocks()).get(0)).isEqualTo("pinned");
    }

    @Test
    void pagesGoBackToTheFirstBlockWithoutGapOrRepetition() {
        messages(450);
        List<Block> read = new ArrayList<>(snapshot(View.PUBLIC).blocks());
        long before = snapshot(View.PUBLIC).olderThan();
        while (before > 0) {
            Delivery.Page page = conversation.resumption().page(1, before, 90, View.PUBLIC);
            read.addAll(0, page.blocks());
            before = page.olderThan();
        }

        assertThat(texts(read)).hasSize(450).doesNotHaveDuplicates();
        assertThat(read.get(0).text().toString()).isEqualTo("message 0");
    }

    @Test
    void blocksThatWereCreatedTogetherAreReadTogether() {
        submit(
                VERA,
                message("a"),
                new Operation.CreateBlock("vera.x", BlockKind.MESSAGE, View.PUBLIC, "b", Attributes.NONE));
        submit(VERA, message("c"));

        Delivery.Page page = conversation.resumption().page(1, Long.MAX_VALUE, 2, View.PUBLIC);
        assertThat(texts(page.blocks())).containsExactly("a", "b", "c");
        assertThat(page.olderThan()).isZero();
    }

    @Test
    void aPageOfTheVisitorsViewHasNothingOfTheStaffs() {
        submit(ANN, draft("secret"));
        messages(SNAPSHOT_BLOCKS + 1);

        assertThat(texts(conversation
                        .resumption()
                        .page(1, Long.MAX_VALUE, 1_000, View.PUBLIC)
                        .blocks()))
                .hasSize(SNAPSHOT_BLOCKS)
                .doesNotContain("secret");
    }

    @Test
    void hashesAreThoseOfReplicasThatFollowedTheirView() {
        Map<View, ConversationState> replicas = new EnumMap<>(View.class);
        Map<View, Integer> hashes = new EnumMap<>(View.class);
        for (View view : View.values()) {
            replicas.put(view, new ConversationState(view));
        }
        for (int i = 0; i < 300; i++) {
            switch (i % 3) {
                case 0 -> submit(VERA, message("message " + i));
                case 1 -> submit(ANN, draft("draft " + i));
                default ->
                    submit(
                            ANN,
                            new Operation.EditText(
                                    "ann." + seqs.get(ANN), ("draft " + (i - 1)).length(), TextEdit.insert(0, "!")));
            }
        }
        for (LoggedEntry entry : log) {
            replicas.forEach((view, state) -> {
                if (!entry.entry().effectsFor(view).isEmpty()) {
                    state.apply(entry.entry().seenBy(view));
                }
                OptionalLong hash = entry.hashes().of(view);
                if (hash.isPresent()) {
                    hashes.merge(view, 1, Integer::sum);
                    assertThat(StateHash.of(state, view, SNAPSHOT_BLOCKS)).isEqualTo(hash.getAsLong());
                }
            });
        }

        assertThat(hashes).containsEntry(View.STAFF, 4).containsEntry(View.PUBLIC, 4);
    }

    private void messages(int count) {
        for (int i = 0; i < count; i++) {
            submit(VERA, message("message " + i));
        }
    }

    private Delivery.Blocks snapshot(View view) {
        return (Delivery.Blocks) conversation.resumption().catchUp(1, Position.START, false, view, List.of());
    }

    private Operation message(String text) {
        return new Operation.CreateBlock(next(VERA), BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE);
    }

    private Operation draft(String text) {
        return new Operation.CreateBlock(next(ANN), BlockKind.DRAFT, View.STAFF, text, Attributes.NONE);
    }

    private String next(Author author) {
        return author.subject() + "." + (seqs.getOrDefault(author, 0L) + 1);
    }

    private void submit(Author author, Operation... operations) {
        long seq = seqs.merge(author, 1L, Long::sum);
        Submission submission = new Submission(
                new SubmissionId(author.subject(), seq, seq), conversation.head(), List.of(operations), 0);
        log.add(((Conversation.Decision.Logged) conversation.receive(submission, author, 2_000)).entry());
    }

    private static List<String> texts(List<Block> blocks) {
        return blocks.stream().map(block -> block.text().toString()).toList();
    }
}

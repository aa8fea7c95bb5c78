package dev.parley.gateway.shard;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Position;
import dev.parley.conversation.Role;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Conversation.Decision;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.Refusal;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A conversation of 20 entries, with a snapshot at its head, whose log was cut off after the tenth. */
class TruncatedLogTest {
    private static final ConversationKey KEY = new ConversationKey("shop", "chat");
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final ShardLimits BOUNDS = new ShardLimits(1 << 20, 100, 1 << 20, 100, 4, 1);

    private final MemoryOperationStore store = new MemoryOperationStore(Runnable::run);
    private List<LoggedEntry> log = List.of();

    @BeforeEach
    void write() {
        Conversation writing = loaded();
        writing.create(ANN, "CHAT", "chat", 1_000);
        for (int i = 1; i < 20; i++) {
            assertThat(writing.receive(message(i, Position.START), ANN, 1_000)).isInstanceOf(Decision.Logged.class);
        }
        Append append = writing.takeAppend();
        assertThat(await(store.append(List.of(append)))).containsExactly(AppendResult.STORED);
        log = append.entries();
    }

    private Conversation loaded() {
        return new Conversation(KEY, await(store.load(KEY)), new Policy(), Limits.DEFAULT, BOUNDS);
    }

    private static Submission message(int number, Position base) {
        Operation create = new Operation.CreateBlock(
                "ann." + number, BlockKind.MESSAGE, View.PUBLIC, "text " + number, Attributes.NONE);
        return new Submission(new SubmissionId("ann", number, number), base, List.of(create), 0);
    }

    private Position at(int revision) {
        return log.get(revision - 1).position();
    }

    private Delivery.CatchUp catchUp(Conversation conversation, Position position, boolean pending) {
        Range missing = conversation.resumption().missingFor(position, pending);
        List<LoggedEntry> read = missing == null ? List.of() : await(store.read(KEY, missing.from(), missing.to()));
        return conversation.resumption().catchUp(1, position, pending, View.STAFF, read);
    }

    private static void requireAllBlocks(Delivery.CatchUp catchUp) {
        assertThat(catchUp).isInstanceOf(Delivery.Blocks.class);
        assertThat(((Delivery.Blocks) catchUp).since()).isZero();
        assertThat(((Delivery.Blocks) catchUp).blocks()).hasSize(19);
    }

    @Test
    void who_has_all_up_to_the_cut_goes_on_from_there() {
        await(store.truncate(KEY, 10));
        Conversation conversation = loaded();
        Published entries = (Published) catchUp(conversation, at(10), true);
        assertThat(entries.entries())
                .extracting(LoggedEntry::revision)
                .startsWith(11L)
                .endsWith(20L);
        Delivery.Blocks changed = (Delivery.Blocks) catchUp(conversation, at(10), false);
        assertThat(changed.since()).isEqualTo(10);
        assertThat(changed.blocks()).hasSize(10);
    }

    @Test
    void who_is_further_on_is_served_as_ever() {
        await(store.truncate(KEY, 10));
        Conversation conversation = loaded();
        assertThat(((Published) catchUp(conversation, at(15), true)).entries()).hasSize(5);
        assertThat(((Delivery.Blocks) catchUp(conversation, at(15), false)).since())
                .isEqualTo(15);
        assertThat(((Published) catchUp(conversation, at(20), true)).entries()).isEmpty();
    }

    @Test
    void who_is_behind_the_cut_gets_all_blocks() {
        await(store.truncate(KEY, 10));
        Conversation conversation = loaded();
        for (boolean pending : new boolean[] {true, false}) {
            requireAllBlocks(catchUp(conversation, at(9), pending));
            requireAllBlocks(catchUp(conversation, Position.START, pending));
        }
    }

    @Test
    void a_foreign_position_at_the_cut_gets_all_blocks() {
        await(store.truncate(KEY, 10));
        Conversation conversation = loaded();
        Position foreign = new Position(10, at(10).head() + 1);
        requireAllBlocks(catchUp(conversation, foreign, true));
        requireAllBlocks(catchUp(conversation, foreign, false));
    }

    @Test
    void a_log_that_is_cut_while_somebody_is_to_follow_it_gives_all_blocks() {
        Conversation conversation = loaded();
        assertThat(conversation.resumption().missingFor(at(4), true)).isEqualTo(new Range(3, 20));
        await(store.truncate(KEY, 10));
        requireAllBlocks(catchUp(conversation, at(4), true));
        requireAllBlocks(catchUp(conversation, at(4), false));
        assertThat(((Published) catchUp(conversation, at(12), true)).entries()).hasSize(8);
    }

    @Test
    void a_base_before_the_snapshot_is_behind() {
        Decision decision = loaded().receive(message(20, at(19)), ANN, 1_000);
        assertThat(decision).isEqualTo(new Decision.Answered(new Answer.Refused(Refusal.BEHIND, 0)));
        assertThat(loaded().receive(message(20, at(20)), ANN, 1_000)).isInstanceOf(Decision.Logged.class);
    }
}

package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.Room.Member;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.List;
import org.junit.jupiter.api.Test;

class CharacterLedgerTest {
    private final Room room = new Room();
    private final Member writer = room.join("writer", Role.AGENT);
    private final CharacterLedger ledger = new CharacterLedger();

    @Test
    void ofASubmissionOnTwoBlocksTheHalfThatWasLostIsNotExpected() {
        String kept = writer.create("");
        String lost = writer.create("");
        room.sync();
        SubmissionId id = writer.replica().submit(List.of(edit(kept, "x"), edit(lost, "y")), 0);
        note(id, kept, lost);
        room.sync();

        assertThatThrownBy(this::requireKept).hasMessageContaining("characters of " + lost);
    }

    @Test
    void ofASubmissionOnTwoBlocksTheHalfThatWasKeptIsExpected() {
        String kept = writer.create("");
        String lost = writer.create("");
        room.sync();
        SubmissionId id = writer.replica().submit(List.of(edit(kept, "x")), 0);
        note(id, kept, lost);
        room.sync();

        assertThatCode(this::requireKept).doesNotThrowAnyException();
    }

    private void requireKept() {
        ledger.requireKept(
                room.log().log().stream().map(Sequencer.Logged::entry).toList(),
                room.log().state());
    }

    private void note(SubmissionId id, String kept, String lost) {
        ledger.edited(id, kept, Text.EMPTY, TextEdit.insert(0, "x"));
        ledger.edited(id, lost, Text.EMPTY, TextEdit.insert(0, "y"));
        ledger.unsent(List.of(new Replica.Unsent(id, List.of(edit(lost, "y")), RejectCode.CHANGED)));
    }

    private static Operation edit(String block, String text) {
        return new Operation.EditText(block, 0, TextEdit.insert(0, text));
    }
}

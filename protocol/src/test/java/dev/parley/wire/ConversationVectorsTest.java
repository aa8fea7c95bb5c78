package dev.parley.wire;

import dev.parley.fixture.VectorFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Makes what the JavaScript model of a conversation is compared with. */
class ConversationVectorsTest {
    @Test
    void theCommittedCasesAreWhatThisCodeGives() {
        List<String> lines = new ArrayList<>(CrossingVectors.lines());
        lines.addAll(StateVectors.lines());
        lines.addAll(RankVectors.lines());

        VectorFile.committed("conversation.json").holds(lines);
    }
}

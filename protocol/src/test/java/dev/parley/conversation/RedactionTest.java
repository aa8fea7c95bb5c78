package dev.parley.conversation;

import static dev.parley.conversation.Effects.attributes;
import static dev.parley.conversation.Effects.edit;
import static dev.parley.conversation.Effects.message;
import static dev.parley.conversation.Effects.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ot.TextEdit;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private static final Author ANN = new Author("ann", Role.ADMIN, "Ann");

    private final ConversationState state = new ConversationState(View.STAFF);

    @Test
    void aRedactedLogReplaysToWhatTheWholeOneDid() {
        List<Entry> log = List.of(
                entry(
                        1,
                        new Effect.Create("a", BlockKind.MESSAGE, View.PUBLIC, "card 😀", attributes("file", "x.png"))),
                entry(2, message("b", "stays")),
                entry(3, edit("a", 6, TextEdit.replace(0, 4, "number 1234")), set("a", "tag/x", "private")),
                entry(4, edit("b", 5, TextEdit.insert(5, "!"))),
                entry(5, new Effect.Retarget("a", "b", 6, 7, 13, View.PUBLIC)),
                entry(6, edit("b", 20, TextEdit.insert(7, "more "))),
                entry(7, new Effect.Erase("a", View.PUBLIC), new Effect.Erase("b", View.PUBLIC)));
        log.forEach(state::apply);
        Redaction redaction = Redaction.of("b", state);
        List<Entry> redacted = log.stream().map(redaction::redacted).toList();

        ConversationState replayed = new ConversationState(View.STAFF);
        redacted.forEach(replayed::apply);
        assertThat(CanonicalText.of(replayed)).isEqualTo(CanonicalText.of(state));
        assertThat(redacted.toString()).doesNotContain("card", "1234", "stays", "more", "private", "x.png");
    }

    @Test
    void whatIsAboutOtherBlocksStaysAsItIs() {
        Entry entry = entry(1, message("a", "text"), set("", "title", "text"));
        state.apply(entry);

        assertThat(Redaction.of("b", state).redacted(entry)).isSameAs(entry);
    }

    private static Entry entry(long revision, Effect... effects) {
        return new Entry(revision, ANN, revision, new SubmissionId("o", revision, revision), "", List.of(effects), 0);
    }
}

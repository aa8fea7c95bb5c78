package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.PublishedFixture;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.PositionCodec;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.ServerFrames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Effect DRAFT =
            new Effect.Create("a.1", BlockKind.DRAFT, View.STAFF, "secret", Attributes.NONE);
    private static final Effect MESSAGE =
            new Effect.Create("a.2", BlockKind.MESSAGE, View.PUBLIC, "hello", Attributes.NONE);
    private static final Effect REVEAL = new Effect.Reveal("a.1", "no secret", Attributes.NONE, View.PUBLIC);
    private static final Effect EDIT = new Effect.EditText("a.2", 5, TextEdit.insert(5, "!"), View.PUBLIC);

    @Test
    void entriesWrittenFieldByFieldAreWhatTheSchemaSays() throws InvalidProtocolBufferException {
        LoggedEntry first = entry(Chain.START, DRAFT, MESSAGE);
        LoggedEntry second = entry(first.chain(), EDIT);

        Entries entries = encoded(View.STAFF, first, second);

        assertThat(entries.getHandle()).isEqualTo(300);
        assertThat(entries.getFrom()).isZero();
        assertThat(entries.getTo()).isEqualTo(PositionCodec.encode(second.position()));
        assertThat(entries.getEntriesList())
                .containsExactly(EntryCodec.toWire(first.entry()), EntryCodec.toWire(second.entry()));
    }

    @Test
    void thePublicFormHasNoHiddenEffectAndAPublishedDraftAsAWhole() throws InvalidProtocolBufferException {
        LoggedEntry first = entry(Chain.START, DRAFT, MESSAGE);
        LoggedEntry second = entry(first.chain(), REVEAL);

        Entries entries = encoded(View.PUBLIC, first, second);

        assertThat(entries.getEntries(0).getEffectsList()).hasSize(1);
        assertThat(entries.getEntries(1).getEffects(0).getCreate().getText()).isEqualTo("no secret");
        assertThat(entries.toString()).doesNotContain("\"secret\"");
    }

    @Test
    void what_was_typed_together_arrives_as_it_was_in_both_views_and_as_an_answer_to_an_open()
            throws InvalidProtocolBufferException, WireException {
        Chain at = Chain.START;
        List<LoggedEntry> log = new ArrayList<>();
        List<Effect> effects = List.of(
                DRAFT,
                MESSAGE,
                EDIT,
                new Effect.EditText("a.2", 6, TextEdit.insert(6, "?"), View.PUBLIC),
                new Effect.EditText("a.2", 7, TextEdit.delete(6, 1), View.PUBLIC),
                new Effect.EditText("a.1", 6, TextEdit.insert(0, "x"), View.STAFF),
                new Effect.EditText("a.1", 7, TextEdit.delete(0, 1), View.STAFF));
        for (int i = 0; i < effects.size(); i++) {
            Entry entry = new Entry(
                    at.revision() + 1, ANN, 5 + i, new SubmissionId("a", i + 1, i), "", List.of(effects.get(i)), 0);
            log.add(LoggedEntry.after(at, entry, EntryCodec.encode(entry)));
            at = log.get(i).chain();
        }
        for (View view : List.of(View.STAFF, View.PUBLIC)) {
            List<LoggedEntry> seen = log.stream()
                    .filter(each -> !each.entry().effectsFor(view).isEmpty())
                    .toList();
            Published published = PublishedFixture.published(300, view, 0, seen);
            Entries live = encoded(view, seen.toArray(LoggedEntry[]::new));
            Entries answer = ServerFrames.parseFrom(FrameEncoder.encode(new Delivery.Opened(
                            300,
                            new ConversationKey("shop", "c-1"),
                            "",
                            view,
                            published,
                            List.of(),
                            new Delivery.Delivered(300, 0, 0),
                            false)))
                    .getFrames(0)
                    .getOpened()
                    .getEntries();

            assertThat(live.hasKeystrokes()).isTrue();
            assertThat(answer).isEqualTo(live);
            assertThat(KeystrokesCodec.unpacked(live).getEntriesList())
                    .isEqualTo(seen.stream()
                            .map(each -> EntryCodec.toWire(each.entry().seenBy(view)))
                            .toList());
        }
    }

    @Test
    void framesJoinedAreFrames() throws InvalidProtocolBufferException {
        byte[] pong = FrameEncoder.pong(7);
        byte[] both = new byte[2 * pong.length];
        System.arraycopy(pong, 0, both, 0, pong.length);
        System.arraycopy(pong, 0, both, pong.length, pong.length);

        assertThat(ServerFrames.parseFrom(both).getFramesList())
                .hasSize(2)
                .allMatch(frame -> frame.getPong().getNonce() == 7);
    }

    private static Entries encoded(View view, LoggedEntry... entries) throws InvalidProtocolBufferException {
        byte[] bytes = FrameEncoder.encode(PublishedFixture.published(300, view, 0, List.of(entries)));
        return ServerFrames.parseFrom(bytes).getFrames(0).getEntries();
    }

    private static LoggedEntry entry(Chain before, Effect... effects) {
        Entry entry = new Entry(before.revision() + 1, ANN, 5, new SubmissionId("a", 1, 2), "", List.of(effects), 0);
        return LoggedEntry.after(before, entry, EntryCodec.encode(entry));
    }
}

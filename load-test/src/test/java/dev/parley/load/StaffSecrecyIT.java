package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Operation;
import dev.parley.ot.TextEdit;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.ServerFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each byte on a visitor's socket while staff work among themselves. */
final class StaffSecrecyIT {
    private static final String DRAFT_CANARY = "canary-draft-7Qx1";
    private static final String NOTE_CANARY = "canary-note-9Kz2";
    private static final String TAG_CANARY = "canary-tag-4Wp3";
    private static final int NONCE = 77;

    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.strict();

    @Test
    void aVisitorGetsNotOneFrameWhileStaffOnlyTypeAndNoByteOfADraftBeforeItIsPublished() throws IOException {
        Seed seed = Seed.of(StaffSecrecyIT.class);
        OnLoop onLoop = GATEWAY.onLoop();
        String token = GATEWAY.token(TestGateway.visitor("vic"));
        try (RawChat visitor = RawChat.open(GATEWAY.process().port(), token)) {
            String conversation = visitor.opened().getConversation();
            WireConversation ann = agent("ann", conversation, seed);
            WireConversation bob = agent("bob", conversation, seed);
            String draft = onLoop.get(() -> NewBlock.draft(ann, DRAFT_CANARY));
            String note = onLoop.get(() -> NewBlock.note(ann, NOTE_CANARY));
            onLoop.await(
                    "both agents have the draft and the note",
                    TestGateway.LONG,
                    () -> bob.replica().confirmed().block(draft) != null
                            && bob.replica().confirmed().block(note) != null);
            for (int i = 0; i < 50; i++) {
                int at = i;
                onLoop.run(() -> {
                    ann.edit(draft, TextEdit.insert(at, "a"));
                    bob.edit(draft, TextEdit.insert(0, "b"));
                    bob.edit(note, TextEdit.insert(0, "n"));
                });
            }
            onLoop.run(() -> {
                ann.submit(new Operation.SetAttribute("", "tag/" + TAG_CANARY, TAG_CANARY));
                ann.submit(new Operation.SetAttribute(note, "pinned", TAG_CANARY));
                ann.submit(new Operation.SetAttribute("", "assignee", TAG_CANARY));
            });
            onLoop.await(
                    "everything is answered and seen by both",
                    TestGateway.LONG,
                    () -> ann.replica().pendingCount() + bob.replica().pendingCount() == 0
                            && ann.replica().position().equals(bob.replica().position()));

            // The pong comes after whatever was told before it.
            visitor.socket().send(ping());
            ServerFrame next = visitor.socket().await(frame -> true);

            assertThat(next.getPong().getNonce()).as("%s", next.getKindCase()).isEqualTo(NONCE);
            assertThat(visitor.socket().unread()).isEmpty();
            assertCanariesUnseen(visitor, DRAFT_CANARY, NOTE_CANARY, TAG_CANARY);

            onLoop.run(() -> bob.submit(new Operation.PublishDraft(draft, 0)));
            ServerFrame published = visitor.socket().await(frame -> true);

            assertThat(published.getEntries().getEntriesList()).singleElement().satisfies(entry -> {
                assertThat(entry.getEffectsList()).singleElement().satisfies(effect -> assertThat(
                                effect.getCreate().getText())
                        .contains(DRAFT_CANARY)
                        .contains("aaa"));
                assertThat(entry.getAuthor().getSubject()).isEqualTo("bob");
            });
            assertCanariesUnseen(visitor, NOTE_CANARY, TAG_CANARY);
            assertThat(GATEWAY.judge(ann, bob)).isEmpty();
        }
        try (RawChat again = RawChat.open(GATEWAY.process().port(), token)) {
            assertThat(again.opened().getBlocks().getBlocksList()).hasSize(1);
            assertCanariesUnseen(again, NOTE_CANARY, TAG_CANARY);
        }
        Open fromTheStart = Open.newBuilder().setName("chat").setPending(true).build();
        try (RawChat again = RawChat.open(GATEWAY.process().port(), token, fromTheStart)) {
            assertThat(again.opened().getEntries().getEntriesList()).hasSize(2);
            assertCanariesUnseen(again, NOTE_CANARY, TAG_CANARY);
        }
    }

    private static WireConversation agent(String subject, String conversation, Seed seed) {
        WireClient client =
                GATEWAY.connect(GATEWAY.process().webSocket(), TestGateway.agent(subject), 0, seed, new Observer() {});
        return GATEWAY.open(client, conversation);
    }

    private static ClientFrame ping() {
        return ClientFrame.newBuilder()
                .setPing(Ping.newBuilder().setNonce(NONCE))
                .build();
    }

    private static void assertCanariesUnseen(RawChat visitor, String... canaries) {
        String bytes = new String(visitor.socket().received(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        for (String canary : canaries) {
            assertThat(bytes).doesNotContain(canary.toLowerCase(Locale.ROOT));
        }
    }
}

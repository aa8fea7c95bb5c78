package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.Fixed64;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.Block;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Entry;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Peers;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.ReadBlocks;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.StateHash;
import dev.parley.wire.v1.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each byte on a visitor's socket while staff work among themselves. */
final class StaffSecrecyIT {
    private static final String DRAFT_CANARY = "canary-draft-7Qx1";
    private static final String NOTE_CANARY = "canary-note-9Kz2";
    private static final String TAG_CANARY = "canary-tag-4Wp3";
    private static final int NONCE = 77;
    private static final int HIDDEN_THINGS = 1_000;
    private static final int SNAPSHOT_BLOCKS = 200;

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

    @Test
    void aVisitorHearsNothingOfAThousandThingsThatStaffAndTheAssistantDoAndOneFrameOfEachThatItMaySee()
            throws IOException {
        Seed seed = Seed.of(StaffSecrecyIT.class);
        String token = GATEWAY.token(TestGateway.visitor("val"));
        Open fromTheStart = Open.newBuilder().setName("chat").setPending(true).build();
        try (RawPerson visitor = new RawPerson(Role.VISITOR, "val", RawChat.open(port(), token, fromTheStart));
                StaffAtWork staff = new StaffAtWork(
                        seed.random(),
                        subject -> open(subject, visitor.chat().opened().getConversation()))) {
            Entries.Builder heard = visitor.chat().opened().getEntries().toBuilder();
            heard.mergeFrom(visitor.chat().awaitAnswer().getEntries());
            visitor.chat().socket().send(looking(visitor));
            assertSomebodyIsHere(visitor, View.VIEW_UNSPECIFIED);
            for (int i = 0; i < HIDDEN_THINGS; i++) {
                String what = staff.doSomethingHidden();
                assertThat(framesUntilPong(visitor, i))
                        .as("frames after: %s", what)
                        .isEmpty();
                if (i % 10 == 0) {
                    String seen = staff.doSomethingVisible();
                    ServerFrame frame = visitor.chat().awaitAnswer();
                    heard.mergeFrom(frame.getEntries());
                    assertThat(frame.getEntries().getEntriesList())
                            .as(seen)
                            .singleElement()
                            .satisfies(entry -> {
                                assertThat(entry.hasOrigin()).as(seen).isFalse();
                                assertThat(entry.getEffectsList())
                                        .as(seen)
                                        .hasSize(1)
                                        .allMatch(effect -> effect.getAudience() == View.PUBLIC);
                            });
                    assertThat(framesUntilPong(visitor, i))
                            .as("more frames after: %s", seen)
                            .isEmpty();
                }
            }
            System.out.println("done: " + staff.done());
            assertThat(staff.done().keySet()).containsAll(StaffAtWork.HIDDEN);
            assertCanariesUnseen(visitor.chat(), StaffAtWork.CANARY);
            assertHashesAreOfWhatIsSeen(heard.build());
            assertNothingOfStaffInAnyView(token, visitor.chat(), heard.getEntriesList());
            staff.typeForEverybody();
            assertSomebodyIsHere(visitor, View.PUBLIC);
        }
    }

    private static ClientFrame looking(RawPerson person) {
        return ClientFrame.newBuilder()
                .setSignal(Signal.newBuilder().setHandle(person.chat().opened().getHandle()))
                .build();
    }

    /** The next frame says so, and not who it is. */
    private static void assertSomebodyIsHere(RawPerson visitor, View typing) throws IOException {
        Peers peers = visitor.chat().socket().await(frame -> true).getPeers();
        assertThat(peers.getPeersList()).singleElement().satisfies(peer -> {
            assertThat(peer.getAuthor().getSubject()).isEmpty();
            assertThat(peer.getAuthor().getName()).isEmpty();
            assertThat(peer.getTyping()).isEqualTo(typing);
            assertThat(peer.hasCursor()).isFalse();
        });
    }

    /** What came before the answer to a ping. */
    private static List<ServerFrame> framesUntilPong(RawPerson visitor, int nonce) throws IOException {
        RawSocket socket = visitor.chat().socket();
        socket.send(ClientFrame.newBuilder()
                .setPing(Ping.newBuilder().setNonce(nonce))
                .build());
        List<ServerFrame> before = new ArrayList<>();
        ServerFrame frame = socket.await(next -> true);
        while (!frame.hasPong() || frame.getPong().getNonce() != nonce) {
            before.add(frame);
            frame = socket.await(next -> true);
        }
        before.addAll(socket.unread());
        return before;
    }

    /** Snapshot, changed blocks, entries and pages, as the visitor's other tabs would get them. */
    private static void assertNothingOfStaffInAnyView(String token, RawChat early, List<Entry> heard)
            throws IOException {
        Open snapshot = Open.newBuilder().setName("chat").build();
        Open changes = snapshot.toBuilder()
                .setPosition(early.opened().getEntries().getTo())
                .build();
        Open entries = snapshot.toBuilder().setPending(true).build();
        for (Open open : List.of(snapshot, changes, entries)) {
            try (RawChat tab = RawChat.open(port(), token, open)) {
                assertPublic(tab.opened().getBlocks().getBlocksList());
                tab.socket()
                        .send(ClientFrame.newBuilder()
                                .setReadBlocks(ReadBlocks.newBuilder()
                                        .setHandle(tab.opened().getHandle())
                                        .setBefore(Long.MAX_VALUE)
                                        .setLimit(1_000))
                                .build());
                List<Block> page = tab.socket()
                        .await(ServerFrame::hasBlocksPage)
                        .getBlocksPage()
                        .getBlocksList();
                assertThat(page).isNotEmpty();
                assertPublic(page);
                assertCanariesUnseen(tab, StaffAtWork.CANARY);
            }
        }
        try (RawChat tab = RawChat.open(port(), token, entries)) {
            assertThat(tab.opened().getEntries().getFrom()).isZero();
            assertThat(tab.opened().getEntries().getEntriesList()).isEqualTo(heard);
        }
    }

    private static void assertPublic(List<Block> blocks) {
        assertThat(blocks).allSatisfy(block -> {
            assertThat(block.getAudience()).isEqualTo(View.PUBLIC);
            assertThat(block.getAnchorsList()).isEmpty();
            assertThat(block.getAuthorsList()).isEmpty();
            assertThat(block.getAuthorshipList()).isEmpty();
            assertThat(block.getAttributesList()).allMatch(attribute -> Attributes.isPublic(attribute.getKey()));
        });
    }

    private static void assertHashesAreOfWhatIsSeen(Entries entries) {
        Map<Long, Long> told = new HashMap<>();
        Map<Long, Long> seen = new HashMap<>();
        ConversationState state = new ConversationState(dev.parley.conversation.View.PUBLIC);
        try {
            for (StateHash hash : entries.getHashesList()) {
                told.put(hash.getRevision(), Fixed64.decode(hash.getHash()));
            }
            for (Entry entry : entries.getEntriesList()) {
                state.apply(EntryCodec.fromWire(entry));
                if (told.containsKey(entry.getRevision())) {
                    seen.put(
                            entry.getRevision(),
                            dev.parley.conversation.StateHash.of(
                                    state, dev.parley.conversation.View.PUBLIC, SNAPSHOT_BLOCKS));
                }
            }
        } catch (WireException e) {
            throw new AssertionError(e);
        }
        assertThat(told).isNotEmpty().isEqualTo(seen);
    }

    private static RawChat open(Author staff, String conversation) throws IOException {
        return RawChat.open(
                port(),
                GATEWAY.token(staff),
                Open.newBuilder().setConversation(conversation).build());
    }

    private static int port() {
        return GATEWAY.process().port();
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

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.conversation.View;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.WatchInbox;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways with one store and what they share, over real sockets. */
class NodesTest {
    private static final String BROWSER = "a browser's session";

    private final MemoryOperationStore logs = new MemoryOperationStore(Runnable::run);
    private final MemoryEphemeral shared = new MemoryEphemeral(InstantSource.system(), Runnable::run);
    private final AbsentEphemeral sharedByA = new AbsentEphemeral(shared);
    private RunningGateway a;
    private RunningGateway b;

    @BeforeEach
    void start() throws Exception {
        a = new RunningGateway(logs.beside(Runnable::run, Runnable::run), sharedByA);
        b = new RunningGateway(logs.beside(Runnable::run, Runnable::run), new AbsentEphemeral(shared));
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void aTabThatLeadsAtAnotherNodeSupersedesTheOneThatLed() throws Exception {
        String vera = a.token(Role.VISITOR, "vera");
        try (WireSocket first = new WireSocket(a.port(), vera, BROWSER, 0)) {
            long old = first.awaitFence();
            try (WireSocket second = new WireSocket(b.port(), vera, BROWSER, 0)) {
                assertThat(second.awaitFence()).isGreaterThan(old);
                assertThat(failure(first)).isEqualTo(FailureCode.SUPERSEDED);
                assertThat(first.awaitClose()).isEqualTo(CloseCode.SUPERSEDED.code());

                try (WireSocket thawed = new WireSocket(a.port(), vera, BROWSER, old)) {
                    assertThat(failure(thawed)).isEqualTo(FailureCode.SUPERSEDED);
                }
                assertThat(second.open("").getConversation()).isNotEmpty();
            }
        }
    }

    @Test
    void nobodyIsLetInWhereTheLeadershipCannotBeKnown() throws Exception {
        sharedByA.leave();
        try (WireSocket socket = new WireSocket(a.port(), a.token(Role.VISITOR, "vera"), BROWSER, 0)) {
            socket.send(ClientFrame.newBuilder().setOpen(Open.getDefaultInstance()));
            sharedByA.awaitQuestion();
            sharedByA.timeOut();
            ServerFrame told = socket.await("Failure", frame -> true);
            assertThat(told.getFailure().getCode()).isEqualTo(FailureCode.UNAVAILABLE);
            assertThat(told.getFailure().getDelayMillis()).isPositive();
            assertThat(socket.awaitClose()).isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        }
        sharedByA.comeBack();
        try (WireSocket socket = new WireSocket(a.port(), a.token(Role.VISITOR, "vera"), BROWSER, 0)) {
            assertThat(socket.awaitFence()).isPositive();
        }
    }

    @Test
    void aConversationThatAVisitorBeginsAtOneNodeIsOpenedAtTheOther() throws Exception {
        try (WireSocket atB = b.socket(Role.VISITOR, "vera");
                WireSocket stranger = b.socket(Role.VISITOR, "victor");
                WireSocket atA = a.socket(Role.VISITOR, "vera")) {
            atB.awaitFence();
            stranger.awaitFence();
            String begun = atA.open("").getConversation();

            Opened opened = atB.await("Opened", ServerFrame::hasOpened).getOpened();
            assertThat(opened.getConversation()).isEqualTo(begun);
            assertThat(stranger.unread()).noneMatch(ServerFrame::hasOpened);
        }
    }

    @Test
    void aConversationThatIsLinkedToAVisitorIsOpenedAtTheNodeWhereThatVisitorIs() throws Exception {
        String id = a.conversationOf("anonymous");
        try (WireSocket vera = b.socket(Role.VISITOR, "vera");
                WireSocket admin = a.socket(Role.ADMIN, "dana")) {
            vera.awaitFence();
            admin.open(id);
            admin.submit(new Operation.Link("vera", "Vera"));

            assertThat(vera.await("Opened", ServerFrame::hasOpened).getOpened().getConversation())
                    .isEqualTo(id);
        }
    }

    @Test
    void anAgentsInboxShowsWhatChangesAtTheOtherNode() throws Exception {
        try (WireSocket agent = b.socket(Role.AGENT, "ann");
                WireSocket vera = a.socket(Role.VISITOR, "vera")) {
            agent.send(ClientFrame.newBuilder().setWatchInbox(WatchInbox.getDefaultInstance()));
            agent.await("a page", ServerFrame::hasInbox);
            String id = vera.open("").getConversation();
            vera.submit(new Operation.CreateBlock(
                    vera.newBlock(), BlockKind.MESSAGE, View.PUBLIC, "hello", Attributes.NONE));

            agent.await("the row", frame -> frame.getInbox().getRowsList().stream()
                    .anyMatch(row -> row.getConversation().equals(id)
                            && row.getLastText().equals("hello")));
        }
    }

    private static FailureCode failure(WireSocket socket) throws Exception {
        return socket.await("Failure", ServerFrame::hasFailure).getFailure().getCode();
    }
}

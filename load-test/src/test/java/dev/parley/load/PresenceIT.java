package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Open;
import dev.parley.wire.v1.PageVisitors;
import dev.parley.wire.v1.Peer;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.Viewers;
import dev.parley.wire.v1.Visit;
import dev.parley.wire.v1.WatchSite;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is here, as connections are told over the wire. */
final class PresenceIT {
    private static final int FLOOD = 60;

    @RegisterExtension
    static final TestGateway GATEWAY = TestGateway.strict();

    @Test
    void somebodyIsHereOnceOverTwoConnectionsAndGoneAfterBothAreClosed() throws IOException {
        try (RawChat visitor = RawChat.open(port(), GATEWAY.token(TestGateway.visitor("vi")));
                RawChat bob = open("bob", visitor);
                RawSocket desk = RawSocket.welcomed(port(), GATEWAY.token(TestGateway.agent("desk")))) {
            signal(bob, View.VIEW_UNSPECIFIED);
            desk.send(ClientFrame.newBuilder()
                    .setWatchSite(WatchSite.getDefaultInstance())
                    .build());
            try (RawChat second = open("ann", visitor)) {
                try (RawChat first = open("ann", visitor)) {
                    signal(first, View.STAFF);
                    signal(second, View.VIEW_UNSPECIFIED);
                    assertThat(awaitPeers(bob, peers -> subjects(peers).contains("ann")))
                            .extracting(peer -> peer.getAuthor().getName())
                            .containsExactlyInAnyOrder("Agent ann", "Agent bob");
                    awaitViewers(desk, visitor, List.of("ann", "bob"));
                }
                // She typed in the tab that is closed now, and is still here.
                List<Peer> peers =
                        awaitPeers(bob, now -> now.stream().noneMatch(peer -> peer.getTyping() == View.STAFF));
                assertThat(subjects(peers)).containsExactlyInAnyOrder("ann", "bob");
            }
            awaitPeers(bob, peers -> subjects(peers).equals(List.of("bob")));
            awaitViewers(desk, visitor, List.of("bob"));
        }
    }

    @Test
    void aVisitorLearnsThatSomebodyIsThereAndNeverWho() throws IOException {
        try (RawChat visitor = RawChat.open(port(), GATEWAY.token(TestGateway.visitor("vo")))) {
            signal(visitor, View.PUBLIC);
            assertThat(awaitPeers(visitor, peers -> true)).isEmpty();
            try (RawChat ann = open("ann", visitor)) {
                signal(ann, View.PUBLIC);
                assertThat(awaitPeers(visitor, peers -> !peers.isEmpty()))
                        .singleElement()
                        .satisfies(peer -> {
                            assertThat(peer.getAuthor().getSubject()).isEmpty();
                            assertThat(peer.getAuthor().getName()).isEmpty();
                            assertThat(peer.getTyping()).isEqualTo(View.PUBLIC);
                        });
                awaitPeers(ann, peers -> peers.stream()
                        .anyMatch(
                                peer -> peer.getAuthor().getSubject().equals("vo") && peer.getTyping() == View.PUBLIC));
            }
            awaitPeers(visitor, List::isEmpty);
        }
    }

    @Test
    void aPageHasItsVisitorsUntilTheirConnectionsAreGone() throws IOException {
        try (RawSocket desk = RawSocket.welcomed(port(), GATEWAY.token(TestGateway.agent("desk")))) {
            desk.send(ClientFrame.newBuilder()
                    .setWatchSite(WatchSite.getDefaultInstance())
                    .build());
            String token = GATEWAY.token(TestGateway.visitor("vu"));
            try (RawSocket one = RawSocket.welcomed(port(), token);
                    RawSocket same = RawSocket.welcomed(port(), token);
                    RawSocket other = RawSocket.welcomed(port(), GATEWAY.token(TestGateway.visitor("vy")))) {
                for (RawSocket socket : List.of(one, same, other)) {
                    socket.send(ClientFrame.newBuilder()
                            .setVisit(Visit.newBuilder()
                                    .setPage("/prices?from=a#b")
                                    .setTitle("Prices"))
                            .build());
                }
                PageVisitors row = awaitPage(desk, 2);
                assertThat(row.getTitle()).isEqualTo("Prices");
            }
            awaitPage(desk, 0);
        }
    }

    @Test
    void whoSignalsTooOftenIsToldOnceAndStaysConnected() throws IOException {
        try (RawChat visitor = RawChat.open(port(), GATEWAY.token(TestGateway.visitor("ve")))) {
            ClientFrame[] flood = new ClientFrame[FLOOD + 1];
            for (int i = 0; i < FLOOD; i++) {
                flood[i] = frame(visitor, View.PUBLIC);
            }
            flood[FLOOD] = ClientFrame.newBuilder()
                    .setPing(Ping.newBuilder().setNonce(FLOOD))
                    .build();
            visitor.socket().send(flood);
            ServerFrame told = visitor.socket().await(frame -> frame.hasFailure() || frame.hasPong());
            assertThat(told.getFailure().getCode()).isEqualTo(FailureCode.TOO_MANY);
            assertThat(told.getFailure().getCloseCode()).isZero();
            ServerFrame next = visitor.socket().await(frame -> frame.hasFailure() || frame.hasPong());
            assertThat(next.getPong().getNonce()).isEqualTo(FLOOD);
            assertThat(GATEWAY.metrics().sum("parley_presence_dropped_total")).isGreaterThan(FLOOD / 2.0);
        }
    }

    private static RawChat open(String agent, RawChat visitor) throws IOException {
        Author author = TestGateway.agent(agent);
        assertThat(author.role()).isEqualTo(Role.AGENT);
        String conversation = visitor.opened().getConversation();
        return RawChat.open(
                port(),
                GATEWAY.token(author),
                Open.newBuilder().setConversation(conversation).build());
    }

    private static void signal(RawChat chat, View typing) throws IOException {
        chat.socket().send(frame(chat, typing));
    }

    private static ClientFrame frame(RawChat chat, View typing) {
        return ClientFrame.newBuilder()
                .setSignal(
                        Signal.newBuilder().setHandle(chat.opened().getHandle()).setTyping(typing))
                .build();
    }

    private static List<Peer> awaitPeers(RawChat chat, Predicate<List<Peer>> matches) throws IOException {
        return chat.socket()
                .await(frame ->
                        frame.hasPeers() && matches.test(frame.getPeers().getPeersList()))
                .getPeers()
                .getPeersList();
    }

    private static List<String> subjects(List<Peer> peers) {
        return peers.stream().map(peer -> peer.getAuthor().getSubject()).toList();
    }

    private static void awaitViewers(RawSocket desk, RawChat chat, List<String> subjects) throws IOException {
        String conversation = chat.opened().getConversation();
        desk.await(frame -> frame.getSite().getViewersList().stream()
                .filter(viewers -> viewers.getConversation().equals(conversation))
                .map(PresenceIT::subjects)
                .anyMatch(subjects::equals));
    }

    private static List<String> subjects(Viewers viewers) {
        return viewers.getViewersList().stream()
                .map(author -> author.getSubject())
                .sorted()
                .toList();
    }

    private static PageVisitors awaitPage(RawSocket desk, int visitors) throws IOException {
        Predicate<PageVisitors> matches = row -> row.getPage().equals("/prices") && row.getVisitors() == visitors;
        ServerFrame told =
                desk.await(frame -> frame.getSite().getPagesList().stream().anyMatch(matches));
        return told.getSite().getPagesList().stream()
                .filter(matches)
                .findFirst()
                .orElseThrow();
    }

    private static int port() {
        return GATEWAY.process().port();
    }
}

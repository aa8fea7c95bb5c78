package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.wire.v1.ArrangeQueue;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Cursor;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.PageVisitors;
import dev.parley.wire.v1.Peer;
import dev.parley.wire.v1.Ping;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.Site;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.Visit;
import dev.parley.wire.v1.WatchSite;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is here, over real sockets. */
class PresenceWireTest {
    private RunningGateway gateway;
    private WireSocket vera;
    private WireSocket ann;
    private WireSocket ben;
    private Opened chat;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway();
        vera = gateway.socket(Role.VISITOR, "vera");
        chat = vera.open("");
        ann = gateway.socket(Role.AGENT, "ann");
        ann.open(chat.getConversation());
        ben = gateway.socket(Role.AGENT, "ben");
        ben.open(chat.getConversation());
    }

    @AfterEach
    void stop() {
        vera.close();
        ann.close();
        ben.close();
        gateway.close();
    }

    @Test
    void agentsSeeTheVisitorAndEachOthersCursors() throws Exception {
        Cursor cursor =
                Cursor.newBuilder().setBlock("x.1").setStart(1).setEnd(4).build();
        ann.send(signal(Signal.newBuilder()));
        vera.send(signal(Signal.newBuilder().setTyping(View.PUBLIC)));
        ben.send(signal(Signal.newBuilder().setTyping(View.STAFF).setCursor(cursor)));

        List<Peer> peers = ann.await("three peers", frame -> frame.getPeers().getPeersCount() == 3)
                .getPeers()
                .getPeersList();

        assertThat(peers).extracting(peer -> peer.getAuthor().getSubject()).containsExactly("vera", "ann", "ben");
        assertThat(peers).extracting(Peer::getTyping).containsExactly(View.PUBLIC, View.VIEW_UNSPECIFIED, View.STAFF);
        assertThat(peers.get(2).getCursor()).isEqualTo(cursor);
        ben.close();
        ann.await("two peers", frame -> frame.getPeers().getPeersCount() == 2);
    }

    @Test
    void aVisitorGetsOneNamelessPeerAndNoFrameForWhatStaffTypeAmongThemselves() throws Exception {
        vera.send(signal(Signal.newBuilder()));
        ann.send(signal(Signal.newBuilder()));
        Peer peer = vera.await("a peer", frame -> frame.getPeers().getPeersCount() > 0)
                .getPeers()
                .getPeers(0);
        assertThat(peer)
                .isEqualTo(Peer.newBuilder()
                        .setAuthor(Author.newBuilder().setRole(dev.parley.wire.v1.Role.AGENT))
                        .build());
        ben.send(signal(Signal.newBuilder()));
        for (int i = 0; i < 15; i++) {
            Signal.Builder typing = Signal.newBuilder()
                    .setTyping(View.STAFF)
                    .setCursor(Cursor.newBuilder().setBlock("draft").setStart(i).setEnd(i));
            ann.send(signal(typing));
            int at = i;
            ben.await("ann's cursor", frame -> frame.getPeers().getPeersList().stream()
                    .anyMatch(each -> each.getCursor().getStart() == at && each.getTyping() == View.STAFF));
        }
        vera.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNonce(7)));
        ServerFrame next = vera.await("anything", frame -> true);

        assertThat(next.getPong().getNonce()).isEqualTo(7);
        ann.send(signal(Signal.newBuilder().setTyping(View.PUBLIC)));
        assertThat(vera.await("typing", ServerFrame::hasPeers)
                        .getPeers()
                        .getPeers(0)
                        .getTyping())
                .isEqualTo(View.PUBLIC);
    }

    @Test
    void agentsSeePagesAndWhoWaitsAndArrangeTheQueue() throws Exception {
        ann.send(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));
        vera.send(ClientFrame.newBuilder()
                .setVisit(Visit.newBuilder().setPage("/prices?x=1").setTitle("Prices")));
        assertThat(row(site -> site.getPagesCount() > 0).getPages(0))
                .isEqualTo(PageVisitors.newBuilder()
                        .setPage("/prices")
                        .setTitle("Prices")
                        .setVisitors(1)
                        .build());
        vera.submit(message(vera, "hello"));
        Site waiting = row(site -> site.getQueueCount() > 0);
        assertThat(waiting.getQueue(0).getConversation()).isEqualTo(chat.getConversation());
        ann.send(ClientFrame.newBuilder()
                .setArrangeQueue(ArrangeQueue.newBuilder()
                        .setConversation(chat.getConversation())
                        .setRank("Zz")));
        assertThat(row(site -> site.getQueueCount() > 0).getQueue(0).getRank()).isEqualTo("Zz");
        ben.submit(message(ben, "hi"));
        assertThat(row(site -> site.getQueueCount() > 0).getQueue(0).getRank()).isEmpty();
        vera.close();
        assertThat(row(site -> site.getPagesCount() > 0).getPages(0).getVisitors())
                .isZero();
    }

    @Test
    void aVisitorMayNotWatchTheSite() throws Exception {
        vera.send(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));

        assertThat(vera.await("a failure", ServerFrame::hasFailure).getFailure().getCode())
                .isEqualTo(FailureCode.NOT_ALLOWED);
    }

    /** The next frame of the site that is meant; pages and queue may change in one or in two. */
    private Site row(Predicate<Site> meant) throws Exception {
        return ann.await("a change of the site", frame -> frame.hasSite() && meant.test(frame.getSite()))
                .getSite();
    }

    private static Operation message(WireSocket writer, String text) {
        return new Operation.CreateBlock(
                writer.newBlock(), BlockKind.MESSAGE, dev.parley.conversation.View.PUBLIC, text, new TreeMap<>());
    }

    private ClientFrame.Builder signal(Signal.Builder signal) {
        return ClientFrame.newBuilder().setSignal(signal.setHandle(chat.getHandle()));
    }
}

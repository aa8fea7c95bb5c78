package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.Role;
import dev.parley.gateway.store.AbsentEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import dev.parley.gateway.store.redis.RedisConnections;
import dev.parley.gateway.store.redis.RedisEphemeral;
import dev.parley.gateway.store.redis.RedisServer;
import dev.parley.wire.v1.ArrangeQueue;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Cursor;
import dev.parley.wire.v1.Opened;
import dev.parley.wire.v1.Peer;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.Site;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.Visit;
import dev.parley.wire.v1.WatchSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is here, at two gateways that share a Redis; real sockets, real leases. */
class PresenceNodesTest {
    private final RedisServer redis = RedisServer.start("--appendfsync", "no");
    private final RedisConnections connections = RedisConnections.of(redis.uri());
    private final MemoryOperationStore logs = new MemoryOperationStore(Runnable::run);
    private final List<RedisEphemeral> opened = new ArrayList<>();
    private final AbsentEphemeral sharedByA = ephemeral();
    private RunningGateway a;
    private RunningGateway b;
    private String chat;
    private WireSocket ann;
    private Opened annsChat;
    private WireSocket ben;
    private Opened bensChat;

    @BeforeEach
    void start() throws Exception {
        a = new RunningGateway(logs.beside(Runnable::run, Runnable::run), sharedByA);
        b = new RunningGateway(logs.beside(Runnable::run, Runnable::run), ephemeral());
        chat = a.conversationOf("vera");
        ann = a.socket(Role.AGENT, "ann");
        annsChat = ann.open(chat);
        ben = b.socket(Role.AGENT, "ben");
        bensChat = ben.open(chat);
    }

    @AfterEach
    void stop() {
        ann.close();
        ben.close();
        a.close();
        b.close();
        opened.forEach(RedisEphemeral::close);
        connections.close();
        redis.close();
    }

    private AbsentEphemeral ephemeral() {
        RedisEphemeral ephemeral = RedisEphemeral.of(connections);
        opened.add(ephemeral);
        return new AbsentEphemeral(ephemeral);
    }

    @Test
    void agentsAtTwoNodesSeeEachOtherTypeAndTheVisitorSeesWhoAnswers() throws Exception {
        Cursor cursor =
                Cursor.newBuilder().setBlock("x.1").setStart(1).setEnd(4).build();
        ann.send(signal(annsChat, Signal.newBuilder()));
        ben.send(signal(bensChat, Signal.newBuilder().setTyping(View.STAFF).setCursor(cursor)));
        ann.await("ben, who types", frame -> frame.getPeers().getPeersList().stream()
                .anyMatch(peer -> subject(peer).equals("ben")
                        && peer.getTyping() == View.STAFF
                        && peer.getCursor().equals(cursor)));
        ben.await("ann", frame -> subjects(frame).contains("ann"));

        try (WireSocket vera = b.socket(Role.VISITOR, "vera")) {
            Opened verasChat = vera.open("");
            vera.send(signal(verasChat, Signal.newBuilder()));
            vera.await("a nameless peer", frame -> frame.getPeers().getPeersCount() == 1);
            ann.send(signal(annsChat, Signal.newBuilder().setTyping(View.PUBLIC)));
            vera.await("that somebody types", frame -> frame.getPeers().getPeersList().stream()
                    .anyMatch(peer -> subject(peer).isEmpty() && peer.getTyping() == View.PUBLIC));
        }
        ann.await("that vera has gone", frame -> subjects(frame).equals(Set.of("ann", "ben")));
    }

    @Test
    void pagesAndTheQueueAreTheSameAtBothNodes() throws Exception {
        ben.send(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));
        try (WireSocket vera = a.socket(Role.VISITOR, "vera");
                WireSocket victor = b.socket(Role.VISITOR, "victor")) {
            vera.send(visit("/prices"));
            victor.send(visit("/prices"));
            site("two visitors of a page", site -> site.getPagesList().stream()
                    .anyMatch(page -> page.getVisitors() == 2));
            vera.open("");
            vera.submit(new Operation.CreateBlock(
                    vera.newBlock(), BlockKind.MESSAGE, dev.parley.conversation.View.PUBLIC, "hello", Attributes.NONE));
            site("who waits", site -> site.getQueueList().stream()
                    .anyMatch(row -> row.getConversation().equals(chat)));
            ann.send(ClientFrame.newBuilder().setWatchSite(WatchSite.getDefaultInstance()));
            ben.send(ClientFrame.newBuilder()
                    .setArrangeQueue(
                            ArrangeQueue.newBuilder().setConversation(chat).setRank("Zz")));
            ann.await("the order that ben gave", frame -> frame.getSite().getQueueList().stream()
                    .anyMatch(row -> row.getRank().equals("Zz")));
        }
        site("nobody on the page", site -> site.getPagesList().stream().anyMatch(page -> page.getVisitors() == 0));
    }

    @Test
    void whoWasAtANodeThatDiedIsGoneOnceAndWhoCameBackElsewhereStays() throws Exception {
        try (WireSocket carl = a.socket(Role.AGENT, "carl")) {
            Opened carlsChat = carl.open(chat);
            ben.send(signal(bensChat, Signal.newBuilder()));
            ann.send(signal(annsChat, Signal.newBuilder()));
            carl.send(signal(carlsChat, Signal.newBuilder()));
            ben.await("all three", frame -> subjects(frame).equals(Set.of("ann", "ben", "carl")));

            sharedByA.leave();
            try (WireSocket carlAgain = b.socket(Role.AGENT, "carl")) {
                Opened again = carlAgain.open(chat);
                carlAgain.send(signal(again, Signal.newBuilder()));
                List<Set<String>> told = new ArrayList<>();
                ben.await("that ann is gone", frame -> {
                    if (frame.hasPeers()) {
                        told.add(subjects(frame));
                    }
                    return frame.hasPeers() && !subjects(frame).contains("ann");
                });
                assertThat(told).allMatch(subjects -> subjects.contains("carl"));
                assertThat(told).last().isEqualTo(Set.of("ben", "carl"));

                // What changes next shows that nothing of the dead node came in between.
                ben.send(signal(bensChat, Signal.newBuilder().setTyping(View.STAFF)));
                ServerFrame next = ben.await("peers", ServerFrame::hasPeers);
                assertThat(subjects(next)).isEqualTo(Set.of("ben", "carl"));

                sharedByA.comeBack();
                ben.await("ann, whose node was only slow", frame -> subjects(frame)
                        .equals(Set.of("ann", "ben", "carl")));
            }
        }
    }

    private void site(String what, Predicate<Site> meant) throws Exception {
        ben.await(what, frame -> frame.hasSite() && meant.test(frame.getSite()));
    }

    private static ClientFrame.Builder visit(String page) {
        return ClientFrame.newBuilder().setVisit(Visit.newBuilder().setPage(page));
    }

    private static ClientFrame.Builder signal(Opened chat, Signal.Builder signal) {
        return ClientFrame.newBuilder().setSignal(signal.setHandle(chat.getHandle()));
    }

    private static Set<String> subjects(ServerFrame frame) {
        Set<String> subjects = new TreeSet<>();
        frame.getPeers().getPeersList().forEach(peer -> subjects.add(subject(peer)));
        return subjects;
    }

    private static String subject(Peer peer) {
        return peer.getAuthor().getSubject();
    }
}

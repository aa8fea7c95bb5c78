package dev.parley.wire;

import dev.parley.wire.v1.ArrangeQueue;
import dev.parley.wire.v1.Author;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Cursor;
import dev.parley.wire.v1.PageVisitors;
import dev.parley.wire.v1.Peer;
import dev.parley.wire.v1.Peers;
import dev.parley.wire.v1.Role;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Signal;
import dev.parley.wire.v1.Site;
import dev.parley.wire.v1.View;
import dev.parley.wire.v1.Viewers;
import dev.parley.wire.v1.Visit;
import dev.parley.wire.v1.Waiting;
import dev.parley.wire.v1.WatchSite;
import java.util.LinkedHashMap;
import java.util.Map;

/** Frames about who is here, for the vectors. */
final class PresenceFrames {
    private static final Author ANN = Author.newBuilder()
            .setSubject("ann")
            .setRole(Role.AGENT)
            .setName("Ann 安")
            .build();

    private PresenceFrames() {}

    static Map<String, ClientFrame.Builder> ofClients() {
        Map<String, ClientFrame.Builder> frames = new LinkedHashMap<>();
        frames.put(
                "a signal that somebody looks",
                client().setSignal(Signal.newBuilder().setHandle(3)));
        frames.put(
                "a signal of somebody who types",
                client().setSignal(Signal.newBuilder()
                        .setHandle(3)
                        .setTyping(View.STAFF)
                        .setCursor(cursor())));
        frames.put(
                "a signal that nobody looks any more",
                client().setSignal(Signal.newBuilder().setHandle(3).setAway(true)));
        frames.put(
                "a visit",
                client().setVisit(Visit.newBuilder().setPage("/prices").setTitle("Prices 💶")));
        frames.put("a watch of the site", client().setWatchSite(WatchSite.getDefaultInstance()));
        frames.put(
                "an arrangement of the queue",
                client().setArrangeQueue(
                                ArrangeQueue.newBuilder().setConversation("c-1").setRank("aV")));
        return frames;
    }

    static Map<String, ServerFrame.Builder> ofTheGateway() {
        Map<String, ServerFrame.Builder> frames = new LinkedHashMap<>();
        frames.put(
                "peers as staff see them",
                server().setPeers(Peers.newBuilder()
                        .setHandle(3)
                        .addPeers(Peer.newBuilder()
                                .setAuthor(ANN)
                                .setTyping(View.PUBLIC)
                                .setCursor(cursor()))
                        .setMore(true)));
        frames.put(
                "peers as a visitor sees them",
                server().setPeers(Peers.newBuilder()
                        .setHandle(3)
                        .addPeers(
                                Peer.newBuilder().setAuthor(Author.newBuilder().setRole(Role.AGENT)))));
        frames.put(
                "a site",
                server().setSite(Site.newBuilder()
                        .setWhole(true)
                        .addPages(PageVisitors.newBuilder()
                                .setPage("/prices")
                                .setTitle("Prices")
                                .setVisitors(300))
                        .addQueue(Waiting.newBuilder().setConversation("c-1").setRank("aV"))
                        .addViewers(Viewers.newBuilder().setConversation("c-1").addViewers(ANN))));
        frames.put(
                "what is gone from a site",
                server().setSite(Site.newBuilder()
                        .addPages(PageVisitors.newBuilder().setPage("/prices"))
                        .addQueue(Waiting.newBuilder().setConversation("c-1"))
                        .addViewers(Viewers.newBuilder().setConversation("c-1"))));
        return frames;
    }

    private static Cursor.Builder cursor() {
        return Cursor.newBuilder().setBlock("box-1.1").setStart(7).setEnd(2).setRevision(300);
    }

    private static ClientFrame.Builder client() {
        return ClientFrame.newBuilder();
    }

    private static ServerFrame.Builder server() {
        return ServerFrame.newBuilder();
    }
}

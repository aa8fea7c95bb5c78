package dev.parley.gateway.transport;

import dev.parley.gateway.presence.News;
import dev.parley.gateway.presence.Peer;
import dev.parley.gateway.presence.SignalCodec;
import dev.parley.wire.AuthorCodec;
import dev.parley.wire.v1.PageVisitors;
import dev.parley.wire.v1.Peers;
import dev.parley.wire.v1.ServerFrame;
import dev.parley.wire.v1.Site;
import dev.parley.wire.v1.Viewers;
import dev.parley.wire.v1.Waiting;

/** What presence tells, as bytes. Pure, for any thread. */
final class PresenceEncoder {
    private PresenceEncoder() {}

    static byte[] encode(News news) {
        if (news instanceof News.Peers peers) {
            return FrameEncoder.frame(ServerFrame.newBuilder().setPeers(peers(peers)));
        } else if (news instanceof News.Site site) {
            return FrameEncoder.frame(ServerFrame.newBuilder().setSite(site(site)));
        }
        throw new IllegalArgumentException("no wire form for " + news);
    }

    private static Peers peers(News.Peers peers) {
        Peers.Builder wire = Peers.newBuilder().setHandle(peers.handle()).setMore(peers.more());
        for (Peer peer : peers.peers()) {
            dev.parley.wire.v1.Peer.Builder row = wire.addPeersBuilder()
                    .setAuthor(AuthorCodec.encode(peer.author()))
                    .setTyping(SignalCodec.encode(peer.typing()));
            if (peer.cursor() != null) {
                row.setCursor(SignalCodec.encode(peer.cursor()));
            }
        }
        return wire.build();
    }

    private static Site site(News.Site site) {
        Site.Builder wire = Site.newBuilder().setWhole(site.whole());
        for (News.PageVisitors page : site.pages()) {
            wire.addPages(PageVisitors.newBuilder()
                    .setPage(page.page())
                    .setTitle(page.title())
                    .setVisitors(page.visitors()));
        }
        for (News.Waiting waiting : site.queue()) {
            wire.addQueue(
                    Waiting.newBuilder().setConversation(waiting.conversation()).setRank(waiting.rank()));
        }
        for (News.Viewers viewers : site.viewers()) {
            Viewers.Builder row = wire.addViewersBuilder().setConversation(viewers.conversation());
            viewers.viewers().forEach(author -> row.addViewers(AuthorCodec.encode(author)));
        }
        return wire.build();
    }
}

package dev.parley.gateway.transport;

import dev.parley.gateway.presence.Member;
import dev.parley.gateway.presence.News;
import dev.parley.gateway.presence.Outcome;
import dev.parley.gateway.presence.Presence;
import dev.parley.gateway.presence.Signal;
import dev.parley.gateway.presence.Watcher;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Loop;
import dev.parley.wire.v1.FailureCode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a connection says of who is here, and what it is told. While its socket takes no more, the latest of each
 * conversation is kept, and the site is told anew after that. On the connection's loop.
 */
final class ConnectionPresence implements Watcher {
    private final Connection connection;
    private final Presence presence;
    private Map<Integer, News.Peers> withheld = Map.of();
    private Member member;
    private boolean siteWithheld;

    ConnectionPresence(Connection connection, Presence presence) {
        this.connection = connection;
        this.presence = presence;
        this.member = presence.enter(this);
    }

    @Override
    public Principal principal() {
        return connection.principal();
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    /** The principal is somebody else now, or something else: what it says from here on is that one's. */
    void renew() {
        member.end();
        withheld = Map.of();
        siteWithheld = false;
        member = presence.enter(this);
    }

    void signal(String conversation, int handle, long revision, Signal signal) {
        answer(member.signal(conversation, handle, revision, signal));
    }

    void moved(String conversation, int handle) {
        member.moved(conversation, handle);
    }

    void left(String conversation, int handle) {
        if (!withheld.isEmpty()) {
            withheld.remove(handle);
        }
        member.left(conversation);
    }

    void visit(String page, String title) {
        answer(member.visit(page, title));
    }

    void watchSite() {
        answer(member.watchSite());
    }

    void arrange(String conversation, String rank) {
        answer(member.arrange(conversation, rank));
    }

    private void answer(Outcome outcome) {
        switch (outcome) {
            case NOT_ALLOWED -> connection.tell(FrameEncoder.failure(FailureCode.NOT_ALLOWED));
            case TOO_MANY -> connection.tell(FrameEncoder.failure(FailureCode.TOO_MANY));
            case MALFORMED -> connection.tell(FrameEncoder.failure(FailureCode.BAD_FRAME));
            case DONE, IGNORED -> {}
        }
    }

    @Override
    public void tell(News news) {
        if (connection.isGone()) {
            return;
        }
        if (news instanceof News.Peers peers && connection.isOpen(peers.handle())) {
            if (connection.isWritable()) {
                connection.tell(PresenceEncoder.encode(peers));
            } else {
                withheld = withheld.isEmpty() ? new LinkedHashMap<>() : withheld;
                withheld.put(peers.handle(), peers);
            }
        } else if (news instanceof News.Site && principal().role().isStaff()) {
            if (connection.isWritable() && !siteWithheld) {
                connection.tell(PresenceEncoder.encode(news));
            } else {
                siteWithheld = true;
            }
        }
    }

    /** The socket takes data again. */
    void drained() {
        withheld.values().forEach(peers -> connection.tell(PresenceEncoder.encode(peers)));
        withheld = Map.of();
        if (siteWithheld) {
            siteWithheld = false;
            member.watchSiteAgain();
        }
    }

    void end() {
        member.end();
    }
}

package dev.parley.gateway.transport;

import dev.parley.conversation.Position;
import dev.parley.conversation.Submission;
import dev.parley.conversation.View;
import dev.parley.gateway.presence.Signal;
import dev.parley.gateway.session.Account;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.FailureCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One socket after its Hello: which conversations it opened, and what it is told. On its event loop, but for {@link
 * #isGone}, {@link #join}, {@link #goAway}, {@link #supersede} and {@link #stop}.
 *
 * <p>While the socket takes no more, entries are not kept for it: only the position it has is remembered, and when it has
 * drained each conversation that moved on is opened again from there, in one frame. Of values that replace each other the
 * latest is kept. So its memory is bounded and nothing is lost.
 *
 * <p>A socket that takes everything may still lead nowhere: the browser reads for a page that is frozen. So clients
 * acknowledge, and one that does not, while something waits for it, is closed and resumes.
 */
public final class Connection implements Subscriber {
    /** So many heartbeats may pass without an acknowledgement while one is due. */
    private static final int UNACKNOWLEDGED_HEARTBEATS = 4;

    /** Once in so many heartbeats it is looked up what may not have been heard of. */
    private static final int CONFIRMED_HEARTBEATS = 12;

    /** Conversations of most: a visitor's one. There are many connections, and most of them idle. */
    private static final int FEW = 2;

    /** In place of how much a full socket has taken. */
    private static final long NOT_FULL = Long.MAX_VALUE;

    private final Channel channel;
    private final Loop loop;
    private final Node node;
    private volatile Principal principal;
    private final String session;
    private final Account account;
    private long fence;
    private final OutboundQueue outbound;
    private final ConnectionPresence presence;
    private final Set<ConversationKey> requested = new HashSet<>(FEW);
    private final Map<Integer, OpenConversation> open = new HashMap<>(FEW);
    private @Nullable WithheldValues withheld;
    private boolean watchesInbox;
    private boolean acknowledged;
    private int unacknowledgedBeats;
    private int beats;
    private long takenWhenFull = NOT_FULL;
    private volatile boolean gone;

    private static final class OpenConversation {
        private final ConversationKey key;
        private final String name;
        private Position sent;
        private long acknowledged;
        private boolean writes;
        private boolean lagging;
        private boolean resuming;

        OpenConversation(ConversationKey key, String name, Position sent) {
            this.key = key;
            this.name = name;
            this.sent = sent;
        }

        private boolean isDue() {
            return acknowledged < sent.revision();
        }
    }

    /** The account counts it as connected, until it ends or is refused. */
    Connection(Channel channel, Loop loop, Node node, Principal principal, String session, Account account) {
        this.channel = channel;
        this.loop = loop;
        this.node = node;
        this.principal = principal;
        this.session = session;
        this.account = account;
        this.outbound = new OutboundQueue(channel, loop);
        this.presence = new ConnectionPresence(this, node.presence());
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    /**
     * Takes over the session under its newest fence, and is welcomed. False if a newer leadership of it has begun meanwhile.
     */
    boolean begin(long granted) {
        if (!node.sessions().register(principal, session, granted, this)) {
            return false;
        }
        fence = granted;
        send(FrameEncoder.welcome(principal, fence, node.limits(), node.clock().millis()));
        node.drain().begun(this);
        return true;
    }

    /** It was never welcomed. */
    void refuse() {
        gone = true;
        presence.end();
        account.disconnect();
    }

    /** The conversations that the visitor has and did not open here are this connection's too, from their start. */
    void joinOwn() {
        if (!gone && !principal.role().isStaff()) {
            node.store()
                    .conversationsOf(
                            principal.tenant(),
                            principal.subject(),
                            node.limits().conversationsPerConnectionMax())
                    .thenAccept(ids -> loop.execute(
                            () -> ids.forEach(id -> joinHere(new ConversationKey(principal.tenant(), id), ""))));
        }
    }

    void end() {
        gone = true;
        node.sessions().unregister(principal, session, this);
        requested.forEach(key -> node.shards().of(key).leave(key, this));
        if (watchesInbox) {
            node.inbox().leave(this);
        }
        presence.end();
        account.disconnect();
    }

    Limits limits() {
        return node.limits();
    }

    void refuseOpen(String conversation, String name) {
        send(FrameEncoder.malformedOpen(conversation, name));
    }

    void open(OpenRequest request) {
        if (!requested.contains(request.key())
                && requested.size() >= node.limits().conversationsPerConnectionMax()) {
            send(FrameEncoder.failure(FailureCode.TOO_MANY));
            return;
        }
        requested.add(request.key());
        node.shards().of(request.key()).open(request, this);
    }

    /** The visitor has this conversation: it is this connection's too. */
    public void join(ConversationKey key, String name) {
        loop.execute(() -> joinHere(key, name));
    }

    private void joinHere(ConversationKey key, String name) {
        if (!gone && !requested.contains(key)) {
            open(new OpenRequest(key, "", name, Position.START, false, List.of()));
        }
    }

    void submit(int handle, Submission submission) {
        OpenConversation conversation = open.get(handle);
        if (conversation == null) {
            send(FrameEncoder.failure(FailureCode.UNKNOWN_HANDLE));
            return;
        }
        conversation.writes = true;
        long waitMillis = account.takeOrWaitMillis(submission.operations().size());
        if (waitMillis > 0) {
            send(FrameEncoder.encode(new Delivery.Answered(
                    handle,
                    submission.id().outbox(),
                    submission.id().seq(),
                    new Delivery.Answer.Refused(Delivery.Refusal.RATE_LIMITED, (int) waitMillis))));
            return;
        }
        node.shards().of(conversation.key).submit(conversation.key, handle, submission, this);
    }

    void acknowledge(int handle, long revision) {
        OpenConversation conversation = open.get(handle);
        if (conversation == null) {
            send(FrameEncoder.failure(FailureCode.UNKNOWN_HANDLE));
        } else if (revision <= conversation.sent.revision()) {
            acknowledged |= revision > conversation.acknowledged;
            conversation.acknowledged = Math.max(conversation.acknowledged, revision);
            node.shards().of(conversation.key).acknowledge(conversation.key, revision, this);
        }
    }

    void leave(int handle) {
        OpenConversation conversation = open.remove(handle);
        if (conversation != null) {
            requested.remove(conversation.key);
            node.shards().of(conversation.key).leave(conversation.key, this);
            presence.left(conversation.key.conversation(), handle);
        }
    }

    void signal(int handle, boolean away, Signal signal) {
        OpenConversation conversation = open.get(handle);
        if (conversation == null) {
            send(FrameEncoder.failure(FailureCode.UNKNOWN_HANDLE));
        } else if (away) {
            presence.left(conversation.key.conversation(), handle);
        } else {
            presence.signal(conversation.key.conversation(), handle, conversation.sent.revision(), signal);
        }
    }

    ConnectionPresence presence() {
        return presence;
    }

    boolean isOpen(int handle) {
        return open.containsKey(handle);
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void watchInbox(String kind, byte[] after, int limit) {
        if (!principal.role().isStaff()) {
            send(FrameEncoder.failure(FailureCode.NOT_ALLOWED));
            return;
        }
        watchesInbox = true;
        node.inbox().watch(this, kind, after, limit);
    }

    /** Once a heartbeat: closes a connection whose other end is gone although its socket is not, or that takes nothing. */
    void beat() {
        boolean isSilent =
                !acknowledged && channel.isWritable() && open.values().stream().anyMatch(OpenConversation::isDue);
        unacknowledgedBeats = isSilent ? unacknowledgedBeats + 1 : 0;
        acknowledged = false;
        if (unacknowledgedBeats > UNACKNOWLEDGED_HEARTBEATS) {
            node.counters().tooSlow.increment();
            fail(FailureCode.TOO_SLOW, CloseCode.TOO_SLOW);
        }
        if (isStuck()) {
            node.counters().tooSlow.increment();
            channel.close();
        }
        if (++beats % CONFIRMED_HEARTBEATS == 0) {
            confirm();
        }
    }

    /** Whether not a byte went out since the last beat although something waits. */
    private boolean isStuck() {
        long before = takenWhenFull;
        takenWhenFull = channel.isWritable() ? NOT_FULL : outbound.writtenBytes() - channel.bytesBeforeWritable();
        return takenWhenFull != NOT_FULL && takenWhenFull == before;
    }

    /** What other nodes announced may have been lost: looks whether this connection leads yet, and what its visitor has. */
    private void confirm() {
        node.sessions().newestFence(principal, session, fence).whenComplete((newest, failure) -> {
            if (failure == null && newest > fence) {
                supersede();
            }
        });
        joinOwn();
    }

    void readBlocks(int handle, long before, int limit) {
        OpenConversation conversation = open.get(handle);
        if (conversation == null) {
            send(FrameEncoder.failure(FailureCode.UNKNOWN_HANDLE));
        } else {
            node.shards().of(conversation.key).readBlocks(conversation.key, handle, before, limit, this);
        }
    }

    /** The replica shows something else than the log says. It opens the conversation anew by itself. */
    void diverged(int handle) {
        if (open.containsKey(handle)) {
            node.counters().diverged.increment();
        }
    }

    /** The same person with a fresh token, perhaps in another role: what it may see no more is taken from it. */
    void refresh(Principal fresh) {
        View before = principal.role().view();
        boolean isSame = principal.author().equals(fresh.author());
        node.sessions().move(principal, fresh, this);
        principal = fresh;
        if (!isSame) {
            presence.renew();
        }
        send(FrameEncoder.welcome(fresh, fence, node.limits(), node.clock().millis()));
        if (before == fresh.role().view()) {
            return;
        }
        if (watchesInbox) {
            watchesInbox = false;
            node.inbox().leave(this);
        }
        List<OpenConversation> all = List.copyOf(open.values());
        open.clear();
        for (OpenConversation conversation : all) {
            node.shards().of(conversation.key).leave(conversation.key, this);
            openAnew(conversation.key, conversation.name);
        }
    }

    private void openAnew(ConversationKey key, String name) {
        open(new OpenRequest(key, "", name, Position.START, false, List.of()));
    }

    void pong(int nonce) {
        send(FrameEncoder.pong(nonce));
    }

    @Override
    public void deliver(Delivery delivery) {
        assert loop.isCurrent();
        if (gone || isWithheld(delivery)) {
            return;
        }
        if (delivery instanceof Published published) {
            publish(published);
            return;
        }
        if (delivery instanceof Delivery.Opened opened) {
            if (opened.view() != principal.role().view()) {
                node.shards().of(opened.key()).leave(opened.key(), this);
                openAnew(opened.key(), opened.name());
                return;
            }
            opened(opened);
        } else if (delivery instanceof Delivery.OpenFailed failed) {
            openFailed(failed.request().key());
        } else if (delivery instanceof Delivery.Ended ended) {
            open.values().removeIf(conversation -> conversation.key.equals(ended.key()));
            requested.remove(ended.key());
            presence.left(ended.key().conversation(), 0);
        } else if (delivery instanceof Delivery.Page page && isBehind(page.handle())) {
            return;
        }
        send(FrameEncoder.encode(delivery));
    }

    /** What is read of a conversation goes with the entries before it, or not at all: the client reads it again. */
    private boolean isBehind(int handle) {
        OpenConversation conversation = open.get(handle);
        return conversation == null || conversation.lagging;
    }

    /** Whether it is a latest value that has to wait until the socket has drained. */
    private boolean isWithheld(Delivery delivery) {
        if (channel.isWritable() || !WithheldValues.isOne(delivery)) {
            return false;
        }
        if (withheld == null) {
            withheld = new WithheldValues();
        }
        withheld.keep(delivery);
        return true;
    }

    /** A conversation that could not be opened again is still open, and its audience has to hear of our end. */
    private void openFailed(ConversationKey key) {
        boolean isOpen = false;
        for (OpenConversation conversation : open.values()) {
            if (conversation.key.equals(key)) {
                conversation.resuming = false;
                isOpen = true;
            }
        }
        if (!isOpen) {
            requested.remove(key);
        }
    }

    private void publish(Published published) {
        OpenConversation conversation = open.get(published.handle());
        if (conversation == null
                || conversation.lagging
                || published.view() != principal.role().view()) {
            return;
        }
        if (!channel.isWritable()) {
            conversation.lagging = true;
            node.counters().lagged.increment();
            return;
        }
        conversation.sent = published.position();
        send(FrameEncoder.encode(published));
    }

    private void opened(Delivery.Opened opened) {
        OpenConversation conversation = new OpenConversation(
                opened.key(), opened.name(), opened.catchUp().position());
        open.values().removeIf(older -> {
            boolean isSame = older.key.equals(opened.key());
            if (isSame) {
                conversation.writes = older.writes;
                conversation.acknowledged = older.acknowledged;
            }
            return isSame;
        });
        open.put(opened.handle(), conversation);
        presence.moved(opened.key().conversation(), opened.handle());
        if (opened.created() && !principal.role().isStaff()) {
            node.gained().tell(opened.key(), principal.subject(), opened.name());
        }
    }

    /**
     * The socket takes data again. Nothing is published to it until it has been opened again, since that would have a gap
     * before it; and who writes is told entries, among which its own are its acknowledgements.
     */
    void drained() {
        if (withheld != null) {
            withheld.kept().forEach(value -> send(FrameEncoder.encode(value)));
            withheld = null;
        }
        presence.drained();
        for (OpenConversation conversation : List.copyOf(open.values())) {
            if (conversation.lagging && !conversation.resuming) {
                conversation.resuming = true;
                open(new OpenRequest(
                        conversation.key, "", conversation.name, conversation.sent, conversation.writes, List.of()));
            }
        }
    }

    /** Another connection has the session now. */
    public void supersede() {
        loop.execute(() -> fail(FailureCode.SUPERSEDED, CloseCode.SUPERSEDED));
    }

    /** The node will stop: the client shall come back after the delay, to another. */
    void goAway(int delayMillis, int deadlineMillis) {
        loop.execute(() -> tell(FrameEncoder.goAway(delayMillis, deadlineMillis)));
    }

    /** The node stops: the client shall come back. Done when the socket is closed. */
    public Future<?> stop() {
        loop.execute(() -> {
            if (!gone) {
                close(CloseCode.SERVICE_RESTART);
            }
        });
        return channel.closeFuture();
    }

    void fail(FailureCode code, CloseCode closeCode) {
        if (!gone) {
            send(FrameEncoder.failure(code, closeCode));
            close(closeCode);
        }
    }

    private void close(CloseCode code) {
        outbound.flush();
        close(channel, code);
    }

    /** For a socket that was not welcomed. */
    static void fail(Channel channel, byte[] failure, CloseCode closeCode) {
        channel.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(failure)));
        close(channel, closeCode);
    }

    static void close(Channel channel, CloseCode code) {
        LingeringClose.after(channel.writeAndFlush(new CloseWebSocketFrame(code.code(), code.name())));
    }

    /** An encoded frame. */
    void tell(byte[] frame) {
        if (!gone) {
            send(frame);
        }
    }

    private void send(byte[] frame) {
        node.counters().framesOut.increment();
        node.counters().bytesOut.add(frame.length);
        outbound.add(frame);
    }
}

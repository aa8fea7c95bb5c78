package dev.parley.gateway.http;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.transport.Node;
import dev.parley.gateway.transport.ServerSentEvents;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one client what happens in a conversation, entry by entry as its principal may see them. It reads the log when it
 * hears that there is more, and no further than the client takes it, so that nothing waits in memory. On the event loop of the
 * connection, but for {@link #isGone}.
 */
final class Follower extends ChannelInboundHandlerAdapter implements Subscriber {
    /** In place of the last revision: only what happens from here on. */
    static final long FROM_NOW = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private static final int PIECE = 50;

    private final Node node;
    private final Principal principal;
    private final ConversationKey key;
    private final Channel channel;
    private final Loop loop;
    private long told;
    private long head;
    private boolean reading;
    private volatile boolean gone;

    Follower(Node node, Principal principal, ConversationKey key, long after, Channel channel, Loop loop) {
        this.node = node;
        this.principal = principal;
        this.key = key;
        this.told = after;
        this.channel = channel;
        this.loop = loop;
    }

    /** Once its answer has begun. */
    void begin() {
        long leftMillis = principal.expiresAtMillis() - node.clock().millis();
        ScheduledFuture<?> expiry =
                channel.eventLoop().schedule(() -> channel.close(), leftMillis, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> expiry.cancel(false));
        node.shards().of(key).open(new OpenRequest(key, "", "", Position.START, false, List.of()), this);
        channel.flush();
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

    @Override
    public void deliver(Delivery delivery) {
        if (gone) {
            return;
        }
        if (delivery instanceof Delivery.Opened opened) {
            head = opened.catchUp().position().revision();
            if (head < told) {
                // The log went back: whoever follows finds out by asking for what it has last.
                channel.close();
                return;
            }
            told = told == FROM_NOW ? head : told;
            read();
        } else if (delivery instanceof Published published) {
            head = published.position().revision();
            read();
        } else if (delivery instanceof Delivery.OpenFailed || delivery instanceof Delivery.Ended) {
            channel.close();
        }
    }

    private void read() {
        if (reading || told >= head || gone || !channel.isWritable()) {
            return;
        }
        reading = true;
        long end = head;
        new LogPages(node.store(), key)
                .first(PIECE, told, end)
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    reading = false;
                    if (failure == null) {
                        tell(entries, end);
                    } else {
                        LOG.debug("the log was not read", failure);
                        channel.close();
                    }
                }));
    }

    /** Of what is cut off the beginning of the log nothing comes. */
    private void tell(List<LoggedEntry> entries, long end) {
        for (LoggedEntry logged : entries) {
            Entry seen = logged.entry().seenBy(principal.role().view());
            if (!seen.effects().isEmpty()) {
                String json = JSONObjectUtils.toJSONString(
                        ModelJson.entry(new LoggedEntry(seen, logged.content(), logged.chain())));
                channel.write(ServerSentEvents.event(seen.revision(), json));
            }
            told = logged.revision();
        }
        if (entries.isEmpty()) {
            told = end;
        }
        channel.flush();
        read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // A request behind one whose answer does not end.
        ReferenceCountUtil.release(message);
        ctx.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        read();
    }

    /** Nothing is ever heard of it: what counts is whether it takes anything. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent idle && idle.state() == IdleState.WRITER_IDLE) {
            if (channel.isWritable()) {
                ctx.writeAndFlush(ServerSentEvents.comment());
            } else if (!idle.isFirst()) {
                ctx.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone = true;
        node.shards().of(key).leave(key, this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection broke", cause);
        ctx.close();
    }
}

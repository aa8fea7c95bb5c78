package dev.parley.gateway.transport;

import dev.parley.gateway.shard.Loop;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of clients whose WebSockets something on the way does not let through. Who knows the id of one may speak on
 * it, so it is as good as a token for as long as the stream lasts. For any thread.
 */
public final class EventStreams {
    private static final int ID_BYTES = 18;

    private final Node node;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, EventStream> streams = new ConcurrentHashMap<>();

    public EventStreams(Node node) {
        this.node = node;
    }

    public int open() {
        return streams.size();
    }

    /**
     * Makes the answer to a request of that version a connection, whose first message is the request's body. On the event
     * loop; there must be nothing behind the context's handler, which is removed.
     */
    public void begin(ChannelHandlerContext ctx, Loop loop, HttpVersion version, byte[] body) {
        String id = newId();
        ChannelPipeline pipeline = ctx.pipeline();
        EventStream stream = new EventStream(ctx.channel(), () -> streams.remove(id));
        ServerSentEvents.begin(ctx, version, id);
        pipeline.remove(ctx.handler());
        pipeline.addLast(
                stream,
                new FrameReader(node.clock(), node.limits().frameBytesMax()),
                new ConnectionHandler(loop, node));
        streams.put(id, stream);
        ChannelHandlerContext begun = pipeline.context(stream);
        begun.fireUserEventTriggered(EventStream.OPENED);
        begun.fireChannelRead(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(body)));
        begun.flush();
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return Base64.getUrlEncoder().encodeToString(id);
    }

    /** An encoded ClientFrames for the stream of that id; one at a time. */
    public CompletionStage<PostOutcome> post(String id, byte[] frames) {
        EventStream stream = streams.get(id);
        return stream == null ? CompletableFuture.completedFuture(PostOutcome.GONE) : stream.post(frames);
    }
}

package dev.parley.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** The text of an answer that is {@code text/event-stream}. Pure, but for {@link #begin}, which is for the event loop. */
public final class ServerSentEvents {
    /** Some proxies and scanners hold back the first bytes of an answer until they have seen this many. */
    private static final int PADDING_BYTES = 2_048;

    /** Tells a balancer which stream this is, so that it sends the requests for it to the same gateway. */
    private static final String STREAM = "Parley-Stream";

    private ServerSentEvents() {}

    /** Writes the head of the answer to a request of that version, and padding. The connection ends with the answer. */
    public static void begin(ChannelHandlerContext ctx, HttpVersion version) {
        begin(ctx, version, EmptyHttpHeaders.INSTANCE);
    }

    /** The same, and which stream it is. */
    static void begin(ChannelHandlerContext ctx, HttpVersion version, String stream) {
        begin(ctx, version, new DefaultHttpHeaders().set(STREAM, stream));
        ctx.write(event("stream", stream));
    }

    private static void begin(ChannelHandlerContext ctx, HttpVersion version, HttpHeaders more) {
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store, no-transform")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set("X-Accel-Buffering", "no")
                .set("X-Content-Type-Options", "nosniff")
                .add(more);
        HttpUtil.setTransferEncodingChunked(head, version.equals(HttpVersion.HTTP_1_1));
        ctx.write(head);
        ctx.write(text(":" + " ".repeat(PADDING_BYTES) + "\n\n"));
    }

    /** Something that is not for the page: only that there still is somebody. */
    public static HttpContent comment() {
        return text(":\n\n");
    }

    /** {@code data} is one line. */
    static HttpContent event(String name, String data) {
        return text("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** An event without a name, which a page that comes back can go on after. {@code data} is one line. */
    public static HttpContent event(long id, String data) {
        return text("id: " + id + "\ndata: " + data + "\n\n");
    }

    /** An event without a name, whose data is the bytes in base64. */
    static HttpContent bytes(ByteBuf bytes) {
        ByteBuf base64 = io.netty.handler.codec.base64.Base64.encode(bytes, false);
        return new DefaultHttpContent(Unpooled.wrappedBuffer(ascii("data: "), base64, ascii("\n\n")));
    }

    private static HttpContent text(String text) {
        return new DefaultHttpContent(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}

package dev.parley.gateway.transport;

import dev.parley.gateway.session.Origins;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Lets pages of the allowed origins read every answer, also those of the codecs. No credentials of the browser are asked for:
 * who somebody is says the token alone. On the event loop.
 */
final class CorsHandler extends ChannelDuplexHandler {
    private static final String EXPOSED = "Retry-After, WWW-Authenticate";

    private final Origins origins;
    /** Of the requests that are not answered yet; empty for one of another page or of none. */
    private final Queue<String> unanswered = new ArrayDeque<>();

    CorsHandler(Origins origins) {
        this.origins = origins;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof HttpRequest request) {
            List<String> asked = request.headers().getAllAsString(HttpHeaderNames.ORIGIN);
            unanswered.add(asked.size() == 1 && origins.allows(asked) ? asked.get(0) : "");
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            HttpHeaders headers = response.headers().add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
            String origin = unanswered.poll();
            if (origin != null && !origin.isEmpty()) {
                headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                        .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            }
        }
        super.write(ctx, message, promise);
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells a browser what pages of other origins may send. Which pages may is decided, and told, for every answer alike. */
public final class Preflight implements Route {
    private static final Page ANSWER = new Page(
            HttpResponseStatus.NO_CONTENT,
            "text/plain",
            new byte[0],
            Map.of(
                    HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS.toString(),
                    "GET, POST",
                    HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS.toString(),
                    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID",
                    HttpHeaderNames.ACCESS_CONTROL_MAX_AGE.toString(),
                    "7200"));

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        return HttpMethod.OPTIONS.equals(request.method())
                        && request.headers().contains(HttpHeaderNames.ORIGIN)
                        && request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)
                ? HttpRouter.now(ANSWER)
                : null;
    }
}

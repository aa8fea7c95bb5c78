package dev.parley.gateway.http;

import dev.parley.gateway.session.Origins;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.transport.EventStreams;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a WebSocket carries, where there is none: {@code POST /v1/streams} with an encoded ClientFrames, from Hello on, is
 * answered with ServerFrames as server-sent events; {@code POST /v1/streams/{stream}} brings more ClientFrames. The token is
 * in Hello. On the event loop of the connection.
 */
public final class StreamRoute implements SocketRoute, Route {
    private static final String BEGIN = "/v1/streams";
    private static final PathTemplate POST = PathTemplate.of(BEGIN + "/{stream}");

    private final EventStreams streams;
    private final Origins origins;

    public StreamRoute(EventStreams streams, Origins origins) {
        this.streams = streams;
        this.origins = origins;
    }

    @Override
    public boolean takes(HttpRequest head) {
        return HttpMethod.POST.equals(head.method())
                && new QueryStringDecoder(head.uri()).rawPath().equals(BEGIN);
    }

    @Override
    public CompletionStage<Taker> begin(Loop loop, FullHttpRequest request) {
        if (!isAllowed(request)) {
            throw new ProblemException(ProblemType.FORBIDDEN, "not from this origin");
        }
        HttpVersion version = request.protocolVersion();
        byte[] body = ByteBufUtil.getBytes(request.content());
        return CompletableFuture.completedStage(ctx -> streams.begin(ctx, loop, version, body));
    }

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        Map<String, String> parameters = POST.match(new QueryStringDecoder(request.uri()).rawPath());
        if (parameters == null || !HttpMethod.POST.equals(request.method())) {
            return null;
        }
        if (!isAllowed(request)) {
            return HttpRouter.now(
                    Problem.of(ProblemType.FORBIDDEN, "not from this origin").page());
        }
        return streams.post(parameters.getOrDefault("stream", ""), ByteBufUtil.getBytes(request.content()))
                .thenApply(outcome -> switch (outcome) {
                    case TAKEN -> new Page(HttpResponseStatus.NO_CONTENT, "text/plain", new byte[0]);
                    case BUSY -> Problem.of(ProblemType.STREAM_BUSY, "").page();
                    case GONE -> Problem.of(ProblemType.STREAM_GONE, "").page();
                });
    }

    private boolean isAllowed(HttpRequest head) {
        return origins.allows(head.headers().getAllAsString(HttpHeaderNames.ORIGIN));
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.transport.PlainHttp;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands each request to the first route that answers it. For any thread; its routes are called on the connection's loop. */
public final class HttpRouter implements PlainHttp {
    private final List<Route> routes;
    private final List<StreamedRoute> streamed;
    private final List<SocketRoute> sockets;

    public HttpRouter(List<Route> routes, List<StreamedRoute> streamed, List<SocketRoute> sockets) {
        this.routes = List.copyOf(routes);
        this.streamed = List.copyOf(streamed);
        this.sockets = List.copyOf(sockets);
    }

    @Override
    public ChannelHandler handler(Loop loop) {
        return new HttpConnection(this, loop);
    }

    @Override
    public boolean streams(HttpRequest head) {
        return streamed(head) != null;
    }

    @Nullable StreamedRoute streamed(HttpRequest head) {
        if (!head.decoderResult().isSuccess()) {
            return null;
        }
        for (StreamedRoute route : streamed) {
            if (route.takes(head)) {
                return route;
            }
        }
        return null;
    }

    @Nullable SocketRoute socket(HttpRequest head) {
        if (!head.decoderResult().isSuccess()) {
            return null;
        }
        for (SocketRoute route : sockets) {
            if (route.takes(head)) {
                return route;
            }
        }
        return null;
    }

    CompletionStage<Page> answer(FullHttpRequest request, Loop loop) {
        if (!request.decoderResult().isSuccess()) {
            return now(Page.text(HttpResponseStatus.BAD_REQUEST, "bad request\n"));
        }
        String path;
        try {
            path = new QueryStringDecoder(request.uri()).path();
        } catch (IllegalArgumentException e) {
            return now(Page.text(HttpResponseStatus.BAD_REQUEST, "bad request\n"));
        }
        for (Route route : routes) {
            CompletionStage<Page> answer = route.answer(request, path, loop);
            if (answer != null) {
                return answer;
            }
        }
        return now(Page.text(HttpResponseStatus.NOT_FOUND, "not found\n"));
    }

    static CompletionStage<Page> now(Page page) {
        return CompletableFuture.completedFuture(page);
    }
}

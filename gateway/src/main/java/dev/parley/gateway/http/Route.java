package dev.parley.gateway.http;

import io.netty.handler.codec.http.FullHttpRequest;
import org.jspecify.annotations.Nullable;

/** Answers the requests that are its own. On an event loop: it must not block. */
@FunctionalInterface
public interface Route {

    /** Null if the request is another route's. {@code path} is without the query. */
    @Nullable Page answer(FullHttpRequest request, String path);
}

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.handler.codec.http.FullHttpRequest;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers the requests that are its own. On an event loop: it must not block. */
@FunctionalInterface
public interface Route {

    /**
     * Null if the request is another route's. The request is released when this returns; the stage may complete later and on
     * any thread. {@code path} is without the query, {@code loop} is that of the connection.
     */
    @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop);
}

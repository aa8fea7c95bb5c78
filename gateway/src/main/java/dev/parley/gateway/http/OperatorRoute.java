package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /healthz} for whoever restarts the gateway, {@code /readyz} for whoever sends it connections, {@code /metrics} for Prometheus. */
public final class OperatorRoute implements Route {
    private static final String METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final BooleanSupplier isHealthy;
    private final boolean isStoreShared;
    private final BooleanSupplier isLeaving;
    private final Supplier<String> metrics;

    /** A store that is shared comes back by itself: a restart helps nobody, and what is loaded can be read meanwhile. */
    public OperatorRoute(
            BooleanSupplier isHealthy, boolean isStoreShared, BooleanSupplier isLeaving, Supplier<String> metrics) {
        this.isHealthy = isHealthy;
        this.isStoreShared = isStoreShared;
        this.isLeaving = isLeaving;
        this.metrics = metrics;
    }

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        if (!HttpMethod.GET.equals(request.method())) {
            return null;
        }
        return switch (path) {
            case "/healthz" ->
                HttpRouter.now(
                        isStoreShared || isHealthy.getAsBoolean()
                                ? Page.text(HttpResponseStatus.OK, "ok\n")
                                : Page.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "the store has failed: restart\n"));
            case "/readyz" -> HttpRouter.now(readiness());
            case "/metrics" ->
                HttpRouter.now(new Page(
                        HttpResponseStatus.OK,
                        METRICS_CONTENT_TYPE,
                        metrics.get().getBytes(StandardCharsets.UTF_8)));
            default -> null;
        };
    }

    /** HAProxy leaves a server its connections if it answers 404, and takes them away at any other error. */
    private Page readiness() {
        if (!isHealthy.getAsBoolean()) {
            return Page.text(
                    isStoreShared ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "the store is away\n");
        }
        return isLeaving.getAsBoolean()
                ? Page.text(HttpResponseStatus.NOT_FOUND, "this gateway is about to end\n")
                : Page.text(HttpResponseStatus.OK, "ok\n");
    }
}

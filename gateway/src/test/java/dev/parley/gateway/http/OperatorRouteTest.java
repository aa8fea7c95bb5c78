package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.shard.DirectLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OperatorRouteTest {
    private boolean healthy = true;

    private int status(boolean shared, String path) {
        OperatorRoute route = new OperatorRoute(() -> healthy, shared, () -> false, () -> "");
        return Objects.requireNonNull(route.answer(
                        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path),
                        path,
                        DirectLoop.INSTANCE))
                .toCompletableFuture()
                .join()
                .status()
                .code();
    }

    @Test
    void aStoreOfItsOwnThatFailedAsksForARestart() {
        assertThat(status(false, "/healthz")).isEqualTo(200);
        assertThat(status(false, "/readyz")).isEqualTo(200);
        healthy = false;
        assertThat(status(false, "/healthz")).isEqualTo(503);
        assertThat(status(false, "/readyz")).isEqualTo(503);
    }

    @Test
    void whileASharedStoreIsAwayConnectionsStayAndNobodyNewComes() {
        healthy = false;
        assertThat(status(true, "/healthz")).isEqualTo(200);
        assertThat(status(true, "/readyz")).isEqualTo(404);
        healthy = true;
        assertThat(status(true, "/readyz")).isEqualTo(200);
    }
}

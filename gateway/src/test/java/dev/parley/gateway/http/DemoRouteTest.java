package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import dev.parley.gateway.session.Origins;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.session.Tokens;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DemoRouteTest {
    private final Tokens tokens = new Tokens("thirty-two bytes are the least it takes", () -> Instant.EPOCH, 64);
    private final DemoRoute demo = new DemoRoute(tokens, new Origins(List.of("http://127.0.0.1:8080")));

    @Test
    void aPageOfTheGatewayGetsATokenForWhomItAsks() throws Exception {
        Page page = answer(
                HttpMethod.POST,
                "/demo/token?role=visitor&subject=v-1&name=Vera",
                "127.0.0.1:8080",
                "http://127.0.0.1:8080");

        Principal principal = tokens.verify(new String(page.body(), StandardCharsets.UTF_8));
        assertThat(principal.subject()).isEqualTo("v-1");
        assertThat(principal.role()).isEqualTo(Role.VISITOR);
        assertThat(principal.tenant()).isEqualTo(DemoRoute.TENANT);
    }

    @Test
    void aForeignPageGetsNoToken() {
        Page page = answer(
                HttpMethod.POST, "/demo/token?role=agent&subject=eve&name=", "127.0.0.1:8080", "https://evil.example");

        assertThat(page.status()).isEqualTo(HttpResponseStatus.FORBIDDEN);
    }

    @Test
    void aHostNameReboundToLoopbackGetsNoToken() {
        Page page = answer(HttpMethod.POST, "/demo/token?role=agent&subject=eve&name=", "evil.example:8080", null);

        assertThat(page.status()).isEqualTo(HttpResponseStatus.FORBIDDEN);
    }

    @Test
    void noOtherRoleIsGivenAway() {
        Page page = answer(HttpMethod.POST, "/demo/token?role=service&subject=eve&name=", "127.0.0.1:8080", null);

        assertThat(page.status()).isEqualTo(HttpResponseStatus.BAD_REQUEST);
    }

    @Test
    void nothingOutsideTheDemoFolderIsServed() {
        for (String path : List.of("/../logback.xml", "/%2e%2e/logback.xml", "/demo/../x", "/missing.html")) {
            String decoded = new QueryStringDecoder(path).path();
            assertThat(demo.page(request(HttpMethod.GET, path, "127.0.0.1:8080", null), decoded))
                    .as(path)
                    .isNull();
        }
    }

    private Page answer(HttpMethod method, String uri, String host, @Nullable String origin) {
        Page page = demo.page(request(method, uri, host, origin), new QueryStringDecoder(uri).path());
        if (page == null) {
            throw new AssertionError("no answer to " + uri);
        }
        return page;
    }

    private static FullHttpRequest request(HttpMethod method, String uri, String host, @Nullable String origin) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, uri, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, host);
        if (origin != null) {
            request.headers().set(HttpHeaderNames.ORIGIN, origin);
        }
        return request;
    }
}

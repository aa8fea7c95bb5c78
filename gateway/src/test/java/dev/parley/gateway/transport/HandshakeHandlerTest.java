package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.session.Origins;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeHandlerTest {
    private final List<String> kinds = new ArrayList<>();
    private final EmbeddedChannel channel = socket();

    @Test
    void anAllowedPageMayUpgrade() {
        FullHttpRequest request = upgrade("/ws", "https://shop.example", "parley.v1");
        channel.writeInbound(request);

        assertThat(channel.<FullHttpRequest>readInbound()).isSameAs(request);
        assertThat(kinds).containsExactly("WebSocket", "upgraded");
    }

    @Test
    void aForeignPageMayNotHoweverThePathIsWritten() {
        for (String path : List.of("/ws", "/ws?x=1", "/wsfoo", "/ws/")) {
            EmbeddedChannel fresh = socket();
            fresh.writeInbound(upgrade(path, "https://evil.example", "parley.v1"));

            assertThat(fresh.<FullHttpResponse>readOutbound().status())
                    .as(path)
                    .isEqualTo(HttpResponseStatus.FORBIDDEN);
            assertThat(fresh.isOpen()).isFalse();
        }
    }

    @Test
    void anUpgradeWithoutTheSubprotocolIsNotOne() {
        channel.writeInbound(upgrade("/ws", "https://shop.example", "other, parley.v2"));

        assertThat(channel.<FullHttpResponse>readOutbound().status()).isEqualTo(HttpResponseStatus.BAD_REQUEST);
    }

    @Test
    void aSocketThatNeverCompletesARequestIsClosed() {
        channel.advanceTimeBy(11, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSocketThatSentARequestStaysOpen() {
        channel.writeInbound(upgrade("/ws", "https://shop.example", "parley.v1"));
        channel.advanceTimeBy(11, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aSocketOfPlainRequestsNeverUpgrades() {
        channel.writeInbound(upgrade("/healthz", "https://shop.example", "parley.v1"));
        channel.writeInbound(upgrade("/ws", "https://evil.example", "parley.v1"));

        assertThat(kinds).containsExactly("plain");
    }

    private EmbeddedChannel socket() {
        return new EmbeddedChannel(new HandshakeHandler(
                new Origins(List.of("https://shop.example")),
                pipeline -> kinds.add("WebSocket"),
                pipeline -> kinds.add("upgraded"),
                pipeline -> kinds.add("plain")));
    }

    private static FullHttpRequest upgrade(String path, String origin, String subprotocols) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.ORIGIN, origin).set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocols);
        return request;
    }
}

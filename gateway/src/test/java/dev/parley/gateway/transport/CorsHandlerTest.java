package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.session.Origins;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorsHandlerTest {
    private static final String SHOP = "https://shop.example";

    private final EmbeddedChannel channel = new EmbeddedChannel(new CorsHandler(new Origins(List.of(SHOP))));

    @Test
    void aPageOfAnAllowedOriginMayReadAnAnswer() {
        asks(SHOP);

        assertThat(allowed(HttpResponseStatus.NOT_FOUND)).isEqualTo(SHOP);
    }

    @Test
    void othersAreAnsweredAndMayNotReadIt() {
        asks("https://evil.example");
        asks("null");
        asks();
        asks(SHOP, "https://evil.example");

        for (int i = 0; i < 4; i++) {
            assertThat(allowed(HttpResponseStatus.OK)).isNull();
        }
    }

    @Test
    void ofPipelinedRequestsEachGetsItsOwnAnswer() {
        asks("https://evil.example");
        asks(SHOP);
        asks();

        assertThat(allowed(HttpResponseStatus.OK)).isNull();
        assertThat(allowed(HttpResponseStatus.CONTINUE)).isNull();
        assertThat(allowed(HttpResponseStatus.OK)).isEqualTo(SHOP);
        assertThat(allowed(HttpResponseStatus.OK)).isNull();
    }

    @Test
    void noCacheMixesUpAnswersToSeveralOriginsAndNoCookiesAreTaken() {
        asks(SHOP);
        HttpResponse response = answered(HttpResponseStatus.OK);

        assertThat(response.headers().get(HttpHeaderNames.VARY)).isEqualToIgnoringCase("Origin");
        assertThat(response.headers().contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS))
                .isFalse();
        assertThat(answered(HttpResponseStatus.OK).headers().get(HttpHeaderNames.VARY))
                .isEqualToIgnoringCase("Origin");
    }

    private void asks(String... origins) {
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/tab-key");
        request.headers().set(HttpHeaderNames.ORIGIN, List.of(origins));
        channel.writeInbound(request);
        channel.<DefaultFullHttpRequest>readInbound().release();
    }

    private String allowed(HttpResponseStatus status) {
        return answered(status).headers().get(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
    }

    private HttpResponse answered(HttpResponseStatus status) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
        return channel.readOutbound();
    }
}

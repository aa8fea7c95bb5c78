package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.wire.CloseCode;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.Failure;
import dev.parley.wire.v1.FailureCode;
import dev.parley.wire.v1.ServerFrames;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TurnedAwayTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new TurnedAway(7_001));

    @Test
    void aWebSocketIsToldAtItsHelloByAFailureAndACloseCode() throws Exception {
        upgrade();
        assertThat(channel.<Object>readOutbound()).isNull();
        channel.writeInbound(ClientFrame.getDefaultInstance());

        BinaryWebSocketFrame told = channel.readOutbound();
        Failure failure = ServerFrames.parseFrom(ByteBufUtil.getBytes(told.content()))
                .getFrames(0)
                .getFailure();
        assertThat(failure.getCode()).isEqualTo(FailureCode.TOO_MANY);
        assertThat(failure.getDelayMillis()).isEqualTo(7_001);
        assertThat(channel.<CloseWebSocketFrame>readOutbound().statusCode())
                .isEqualTo(CloseCode.TRY_AGAIN_LATER.code());
        assertThat(channel.isOpen()).isFalse();
        told.release();
    }

    @Test
    void aWebSocketWithoutAHelloIsToldAllTheSame() {
        upgrade();
        channel.advanceTimeBy(11, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(channel.<BinaryWebSocketFrame>readOutbound().release()).isTrue();
        assertThat(channel.isOpen()).isFalse();
    }

    private void upgrade() {
        channel.pipeline().fireUserEventTriggered(new HandshakeComplete("/ws", EmptyHttpHeaders.INSTANCE, "parley.v1"));
    }

    @Test
    void aRequestIsToldByItsAnswerAndWhatFollowsIsDropped() {
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/conversations"));

        FullHttpResponse answer = channel.readOutbound();
        assertThat(answer.status()).isEqualTo(HttpResponseStatus.TOO_MANY_REQUESTS);
        assertThat(answer.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("8");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.<Object>readInbound()).isNull();
        answer.release();
    }
}

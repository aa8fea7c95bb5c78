package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.CloseCode;
import dev.parley.wire.WireException;
import dev.parley.wire.v1.ClientFrame;
import dev.parley.wire.v1.ClientFrames;
import dev.parley.wire.v1.Ping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int BYTES_MAX = 200;

    private final AtomicLong nowMillis = new AtomicLong(5_000);
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new FrameReader(() -> Instant.ofEpochMilli(nowMillis.get()), BYTES_MAX));

    @Test
    void all_frames_of_a_message_are_read_in_their_order() {
        channel.writeInbound(new BinaryWebSocketFrame(bytes(pings(1, 2, 3))));
        assertThat(nonces(3)).containsExactly(1, 2, 3);
    }

    @Test
    void a_message_in_fragments_is_read_when_the_last_one_is_there() {
        byte[] message = pings(7, 8);
        ByteBuf first = bytes(message).slice(0, 2);
        channel.writeInbound(new BinaryWebSocketFrame(false, 0, first));
        channel.writeInbound(new PingWebSocketFrame());
        channel.writeInbound(new ContinuationWebSocketFrame(false, 0, Unpooled.wrappedBuffer(message, 2, 1)));
        assertThat(channel.<ClientFrame>readInbound()).isNull();
        channel.writeInbound(
                new ContinuationWebSocketFrame(true, 0, Unpooled.wrappedBuffer(message, 3, message.length - 3)));
        assertThat(nonces(2)).containsExactly(7, 8);
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void fragments_that_become_too_large_are_refused_and_the_rest_is_dropped() {
        channel.writeInbound(new BinaryWebSocketFrame(false, 0, bytes(new byte[BYTES_MAX])));
        assertThatThrownBy(() -> channel.writeInbound(new ContinuationWebSocketFrame(false, 0, bytes(new byte[] {1}))))
                .isInstanceOf(TooLongFrameException.class);
        channel.writeInbound(new BinaryWebSocketFrame(bytes(pings(1))));
        assertThat(channel.<ClientFrame>readInbound()).isNull();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void endless_fragments_are_a_violation() {
        channel.writeInbound(new BinaryWebSocketFrame(false, 0, bytes(new byte[] {1})));
        for (int i = 0; i < 65; i++) {
            channel.writeInbound(new ContinuationWebSocketFrame(false, 0, Unpooled.EMPTY_BUFFER));
        }
        assertClosed(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void text_is_a_violation() {
        channel.writeInbound(new TextWebSocketFrame("text"));
        assertClosed(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void a_ping_is_answered_with_its_own_bytes() {
        channel.writeInbound(new PingWebSocketFrame(bytes("bytes".getBytes(StandardCharsets.UTF_8))));
        PongWebSocketFrame pong = channel.readOutbound();
        assertThat(pong.content().toString(StandardCharsets.UTF_8)).isEqualTo("bytes");
        pong.release();
    }

    @Test
    void more_than_ten_pings_a_second_are_a_violation() {
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 10; i++) {
                channel.writeInbound(new PingWebSocketFrame());
                assertThat(channel.<WebSocketFrame>readOutbound()).isInstanceOf(PongWebSocketFrame.class);
            }
            nowMillis.addAndGet(1_000);
        }
        for (int i = 0; i < 11; i++) {
            channel.writeInbound(new PingWebSocketFrame());
        }
        for (int i = 0; i < 10; i++) {
            assertThat(channel.<WebSocketFrame>readOutbound()).isInstanceOf(PongWebSocketFrame.class);
        }
        assertClosed(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void an_end_is_answered_with_the_same_and_the_socket_closed() {
        channel.writeInbound(new CloseWebSocketFrame(1000, "done"));
        CloseWebSocketFrame close = channel.readOutbound();
        assertThat(close.statusCode()).isEqualTo(1000);
        close.release();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void what_is_not_a_message_is_told_to_whoever_comes_next() {
        assertThatThrownBy(() -> channel.writeInbound(new BinaryWebSocketFrame(bytes(new byte[] {(byte) 0xFF}))))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> channel.writeInbound(new BinaryWebSocketFrame(Unpooled.EMPTY_BUFFER)))
                .isInstanceOf(WireException.class)
                .hasMessage("0 frames in a message");
    }

    @Test
    void what_was_begun_is_released_when_the_socket_ends() {
        ByteBuf fragment = bytes(new byte[] {1});
        channel.writeInbound(new BinaryWebSocketFrame(false, 0, fragment));
        channel.finishAndReleaseAll();
        assertThat(fragment.refCnt()).isZero();
    }

    private void assertClosed(CloseCode code) {
        CloseWebSocketFrame close = channel.readOutbound();
        assertThat(close.statusCode()).isEqualTo(code.code());
        close.release();
        assertThat(channel.isOpen()).isFalse();
    }

    private List<Integer> nonces(int count) {
        List<Integer> nonces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nonces.add(channel.<ClientFrame>readInbound().getPing().getNonce());
        }
        return nonces;
    }

    private static byte[] pings(int... nonces) {
        ClientFrames.Builder frames = ClientFrames.newBuilder();
        for (int nonce : nonces) {
            frames.addFrames(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)));
        }
        return frames.build().toByteArray();
    }

    private static ByteBuf bytes(byte[] bytes) {
        return Unpooled.copiedBuffer(bytes);
    }
}

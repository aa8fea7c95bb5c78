package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final int HEARTBEAT_MILLIS = 25_000;

    private final Socket socket = new Socket();
    private final EventStream stream = new EventStream(socket, () -> {});
    private final List<String> taken = new ArrayList<>();

    /** A socket that takes nothing while it is told so. */
    private static final class Socket extends EmbeddedChannel {
        private boolean stuck;

        @Override
        protected void doWrite(ChannelOutboundBuffer outbound) {
            for (Object message = outbound.current(); message != null && !stuck; message = outbound.current()) {
                outboundMessages().add(ReferenceCountUtil.retain(message));
                outbound.remove();
            }
        }
    }

    EventStreamTest() {
        socket.freezeTime();
        socket.pipeline()
                .addLast(
                        GatewayChannelInitializer.idleness(HEARTBEAT_MILLIS),
                        stream,
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                taken.add(((BinaryWebSocketFrame) message)
                                        .content()
                                        .toString(StandardCharsets.UTF_8));
                                ReferenceCountUtil.release(message);
                            }
                        });
    }

    @Test
    void aMessageIsAnEventAndACloseIsTheLastOne() {
        socket.writeOutbound(
                new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {(byte) 0xff, 0, 1})),
                new CloseWebSocketFrame(4409, "SUPERSEDED"));

        assertThat(written()).isEqualTo("data: /wAB\n\nevent: close\ndata: 4409\n\n(end)");
    }

    @Test
    void aLongMessageIsOneLine() {
        socket.writeOutbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[100_000])));

        assertThat(written().lines()).hasSize(2);
    }

    @Test
    void whatIsPostedIsTakenInItsOrder() {
        assertThat(posted("one")).isCompletedWithValue(PostOutcome.TAKEN);
        assertThat(posted("two")).isCompletedWithValue(PostOutcome.TAKEN);

        assertThat(taken).containsExactly("one", "two");
    }

    @Test
    void whoDoesNotTakeWhatItIsToldIsNotListenedToEither() {
        fill();
        CompletableFuture<PostOutcome> waiting = posted("one");
        assertThat(waiting).isNotDone();
        assertThat(posted("two")).isCompletedWithValue(PostOutcome.BUSY);
        assertThat(taken).isEmpty();

        socket.stuck = false;
        socket.flush();
        socket.runPendingTasks();
        assertThat(waiting).isCompletedWithValue(PostOutcome.TAKEN);
        assertThat(taken).containsExactly("one");
    }

    @Test
    void whatWaitsWhenTheStreamEndsIsNotTaken() {
        fill();
        CompletableFuture<PostOutcome> waiting = posted("one");
        socket.close();
        socket.runPendingTasks();

        assertThat(waiting).isCompletedWithValue(PostOutcome.GONE);
        assertThat(posted("two")).isCompletedWithValue(PostOutcome.GONE);
        assertThat(taken).isEmpty();
    }

    @Test
    void aQuietStreamShowsThatItIsThere() {
        pass(HEARTBEAT_MILLIS);

        assertThat(written()).isEqualTo(":\n\n");
    }

    @Test
    void whatIsPostedCountsAsHeard() {
        List<Object> idle = new ArrayList<>();
        socket.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event.toString().contains("READER_IDLE")) {
                    idle.add(event);
                }
            }
        });
        for (int i = 0; i < 5; i++) {
            pass(HEARTBEAT_MILLIS);
            posted("ping");
        }
        assertThat(idle).isEmpty();

        pass(HEARTBEAT_MILLIS);
        pass(HEARTBEAT_MILLIS);
        assertThat(idle).hasSize(1);
    }

    @Test
    void aRequestBehindAnAnswerThatDoesNotEndEndsIt() {
        socket.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));

        assertThat(socket.isOpen()).isFalse();
    }

    private CompletableFuture<PostOutcome> posted(String frames) {
        CompletableFuture<PostOutcome> outcome =
                stream.post(frames.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
        socket.runPendingTasks();
        return outcome;
    }

    private void fill() {
        socket.stuck = true;
        socket.writeOutbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[200_000])));
        socket.runPendingTasks();
        assertThat(socket.isWritable()).isFalse();
    }

    private void pass(int millis) {
        socket.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        socket.runScheduledPendingTasks();
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (Object message = socket.readOutbound(); message != null; message = socket.readOutbound()) {
            text.append(message instanceof LastHttpContent ? "(end)" : "");
            text.append(new String(ByteBufUtil.getBytes(((HttpContent) message).content()), StandardCharsets.UTF_8));
            ReferenceCountUtil.release(message);
        }
        return text.toString();
    }
}

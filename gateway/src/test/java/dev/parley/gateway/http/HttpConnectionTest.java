package dev.parley.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
    private final Map<String, CompletableFuture<Page>> answers = new HashMap<>();
    private final Body body = new Body();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    HttpConnectionTest() {
        Route route = (request, path, loop) -> answer(path);
        channel.pipeline()
                .addLast(new HttpRouter(List.of(route), List.of(body), List.of()).handler(new EmbeddedLoop(channel)));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderHoweverTheirAnswersCome() {
        channel.writeInbound(get("/slow"), get("/fast"));
        assertThat(channel.config().isAutoRead()).isFalse();

        answers.put("/fast", CompletableFuture.completedFuture(page("fast")));
        answer("/slow").complete(page("slow"));

        assertThat(response()).isEqualTo("slow");
        assertThat(response()).isEqualTo("fast");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void anAnswerFromAnotherThreadIsWrittenOnTheLoop() throws Exception {
        channel.writeInbound(get("/slow"));
        Thread other = new Thread(() -> answer("/slow").complete(page("late")));
        other.start();
        other.join();
        channel.runPendingTasks();

        assertThat(response()).isEqualTo("late");
    }

    @Test
    void aFailedRouteIsAnsweredAndTheConnectionGoesOn() {
        channel.writeInbound(get("/broken"), get("/next"));
        answer("/broken").completeExceptionally(new IllegalStateException("expected by the test"));
        assertThat(channel.<FullHttpResponse>readOutbound().status())
                .isEqualTo(HttpResponseStatus.INTERNAL_SERVER_ERROR);

        answer("/next").complete(page("next"));
        assertThat(response()).isEqualTo("next");
    }

    @Test
    void aBodyIsReadOnlyWhileItIsWanted() {
        channel.writeInbound(post(), piece("a"), piece("b"));
        assertThat(body.read).isEmpty();
        assertThat(channel.config().isAutoRead()).isFalse();

        body.exchange().more();
        assertThat(body.read).containsExactly("a");
        assertThat(channel.config().isAutoRead()).isFalse();

        body.exchange().more();
        body.exchange().more();
        assertThat(body.read).containsExactly("a", "b");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aBodyThatEndedIsAnsweredAndTheNextRequestServed() {
        channel.writeInbound(post());
        body.exchange().more();
        channel.writeInbound(new DefaultLastHttpContent(bytes("all")), get("/next"));
        assertThat(body.read).containsExactly("all", "(end)");

        body.exchange().answer(page("done"));
        answer("/next").complete(page("next"));

        assertThat(response()).isEqualTo("done");
        assertThat(response()).isEqualTo("next");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void anEarlyAnswerComesAtOnceAndEndsTheConnectionWhileTheBodyGoesOn() {
        HttpContent late = piece("a");
        channel.writeInbound(post(), late);
        body.exchange().answer(page("stop"));

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.headers().get(HttpHeaderNames.CONNECTION)).isEqualTo("close");
        assertThat(late.refCnt()).isZero();
        assertThat(body.read).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatWaitsForLeaveToSendGetsItWithTheFirstDemand() {
        HttpRequest head = post();
        head.headers().set(HttpHeaderNames.EXPECT, "100-continue");
        channel.writeInbound(head);
        assertThat(channel.<Object>readOutbound()).isNull();

        body.exchange().more();
        body.exchange().more();

        assertThat(channel.<FullHttpResponse>readOutbound().status()).isEqualTo(HttpResponseStatus.CONTINUE);
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void aBodyMayPauseForMinutesButNotForEver() {
        channel.writeInbound(post());
        body.exchange().more();
        for (int i = 0; i < 5; i++) {
            idle();
        }
        channel.writeInbound(piece("still here"));
        body.exchange().more();
        assertThat(channel.isOpen()).isTrue();

        for (int i = 0; i < 6; i++) {
            idle();
        }
        assertThat(channel.isOpen()).isFalse();
        assertThat(body.read).containsExactly("still here", "(aborted)");
    }

    @Test
    void aConnectionThatNobodyUsesIsClosed() {
        channel.writeInbound(get("/a"));
        idle();
        assertThat(channel.isOpen()).as("while its answer is being made").isTrue();

        answer("/a").complete(page("a"));
        idle();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatWaitsIsReleasedWhenTheConnectionEnds() {
        FullHttpRequest waiting = get("/b");
        HttpContent unread = piece("x");
        channel.writeInbound(get("/a"), waiting);
        channel.close();
        assertThat(waiting.refCnt()).isZero();

        EmbeddedChannel other = new EmbeddedChannel();
        other.pipeline().addLast(new HttpRouter(List.of(), List.of(body), List.of()).handler(new EmbeddedLoop(other)));
        other.writeInbound(post(), unread);
        other.close();
        assertThat(unread.refCnt()).isZero();
        assertThat(body.read).containsExactly("(aborted)");
    }

    private CompletableFuture<Page> answer(String path) {
        return answers.computeIfAbsent(path, missing -> new CompletableFuture<>());
    }

    private void idle() {
        channel.pipeline().fireUserEventTriggered(IdleStateEvent.READER_IDLE_STATE_EVENT);
    }

    private String response() {
        FullHttpResponse response = channel.readOutbound();
        return response.content().toString(StandardCharsets.UTF_8);
    }

    private static Page page(String text) {
        return Page.text(HttpResponseStatus.OK, text);
    }

    private static FullHttpRequest get(String uri) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri, Unpooled.buffer());
    }

    private static HttpRequest post() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/stream");
    }

    private static HttpContent piece(String text) {
        return new DefaultHttpContent(bytes(text));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    /** A route that notes what it reads, one piece for each demand. */
    private static final class Body implements StreamedRoute, StreamedRoute.Upload {
        private final List<String> read = new ArrayList<>();
        private @Nullable Exchange exchange;

        Exchange exchange() {
            if (exchange == null) {
                throw new AssertionError("no request came");
            }
            return exchange;
        }

        @Override
        public boolean takes(HttpRequest head) {
            return head.uri().equals("/stream");
        }

        @Override
        public Upload begin(HttpRequest head, Exchange begun) {
            exchange = begun;
            return this;
        }

        @Override
        public void read(ByteBuf piece) {
            read.add(piece.toString(StandardCharsets.UTF_8));
        }

        @Override
        public void end() {
            read.add("(end)");
        }

        @Override
        public void abort() {
            read.add("(aborted)");
        }
    }

    private record EmbeddedLoop(EmbeddedChannel channel) implements Loop {
        @Override
        public boolean isCurrent() {
            return channel.eventLoop().inEventLoop();
        }

        @Override
        public void execute(Runnable task) {
            channel.eventLoop().execute(task);
        }
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.http.StreamedRoute.Exchange;
import dev.parley.gateway.http.StreamedRoute.Upload;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.transport.LingeringClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plain requests of one socket, answered one after the other. While one is unanswered, or its body is not wanted yet,
 * nothing more is read, so that what a client can make wait here is what one read of the socket brought. On its event loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    /** A body may pause for this many idle events; a model that thinks is silent for long. */
    private static final int QUIET_EVENTS_MAX = 6;

    private final HttpRouter router;
    private final Loop loop;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private boolean proceeding;
    private boolean answering;
    /** The last answer is given. */
    private boolean ended;
    /** The socket is a route's now. */
    private boolean given;

    private @Nullable Streaming streaming;
    private int quietEvents;
    private int unwritten;

    HttpConnection(HttpRouter router, Loop loop) {
        this.router = router;
        this.loop = loop;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        quietEvents = 0;
        if (ended || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
            return;
        }
        waiting.add(part);
        proceed(ctx);
    }

    /** Takes what may be taken now. */
    private void proceed(ChannelHandlerContext ctx) {
        if (proceeding) {
            return;
        }
        proceeding = true;
        try {
            while (!waiting.isEmpty() && isWanted(ctx, waiting.element())) {
                HttpObject part = waiting.remove();
                try {
                    take(ctx, part);
                } finally {
                    ReferenceCountUtil.release(part);
                }
            }
        } finally {
            proceeding = false;
        }
        ctx.channel().config().setAutoRead(given || ended || (waiting.isEmpty() && wantsMore(ctx)));
    }

    private boolean isWanted(ChannelHandlerContext ctx, HttpObject part) {
        if (part instanceof HttpRequest) {
            return !answering && ctx.channel().isWritable();
        }
        return streaming == null || streaming.wanted;
    }

    private boolean wantsMore(ChannelHandlerContext ctx) {
        return streaming != null
                ? streaming.wanted
                : !answering && ctx.channel().isWritable();
    }

    private void take(ChannelHandlerContext ctx, HttpObject part) {
        if (part instanceof FullHttpRequest request) {
            SocketRoute route = router.socket(request);
            if (route == null) {
                start(ctx, request);
            } else {
                give(ctx, request, route);
            }
        } else if (part instanceof HttpRequest head) {
            stream(ctx, head);
        } else if (part instanceof HttpContent piece && streaming != null) {
            streaming.take(piece);
        }
    }

    private void start(ChannelHandlerContext ctx, FullHttpRequest request) {
        answering = true;
        boolean keepAlive = request.decoderResult().isSuccess() && HttpUtil.isKeepAlive(request);
        answerOf(request).whenComplete((page, failure) -> {
            if (failure != null) {
                LOG.error("a request failed", failure);
            }
            Page answer = page == null ? Page.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "failed\n") : page;
            if (loop.isCurrent()) {
                answer(ctx, answer, keepAlive);
            } else {
                loop.execute(() -> answer(ctx, answer, keepAlive));
            }
        });
    }

    private void give(ChannelHandlerContext ctx, FullHttpRequest request, SocketRoute route) {
        answering = true;
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        CompletionStage<SocketRoute.Taker> begun;
        try {
            begun = route.begin(loop, request);
        } catch (RuntimeException e) {
            answer(ctx, ApiRoute.failed(e), keepAlive);
            return;
        }
        begun.whenComplete((taker, failure) -> {
            if (loop.isCurrent()) {
                give(ctx, taker, failure, keepAlive);
            } else {
                loop.execute(() -> give(ctx, taker, failure, keepAlive));
            }
        });
    }

    private void give(
            ChannelHandlerContext ctx,
            SocketRoute.@Nullable Taker taker,
            @Nullable Throwable failure,
            boolean keepAlive) {
        if (ended) {
            return;
        }
        if (failure != null) {
            answer(ctx, ApiRoute.failed(failure), keepAlive);
        } else if (taker != null) {
            try {
                taker.take(ctx);
            } catch (ProblemException e) {
                answer(ctx, ApiRoute.failed(e), keepAlive);
                return;
            }
            given = true;
            dropWaiting();
            ctx.channel().config().setAutoRead(true);
        }
    }

    private CompletionStage<Page> answerOf(FullHttpRequest request) {
        try {
            return router.answer(request, loop);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void stream(ChannelHandlerContext ctx, HttpRequest head) {
        StreamedRoute route = router.streamed(head);
        if (route == null) {
            throw new IllegalStateException("a body in pieces that no route takes");
        }
        answering = true;
        Streaming begun = new Streaming(ctx, HttpUtil.isKeepAlive(head), HttpUtil.is100ContinueExpected(head));
        streaming = begun;
        begun.upload = route.begin(head, begun);
    }

    private void answer(ChannelHandlerContext ctx, Page page, boolean keepAlive) {
        answering = false;
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), Unpooled.wrappedBuffer(page.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, page.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set("X-Content-Type-Options", "nosniff")
                .set(
                        HttpHeaderNames.CONTENT_SECURITY_POLICY,
                        "default-src 'self'; connect-src 'self' ws: wss:; worker-src 'self' blob:; img-src 'self' data:; frame-ancestors 'none'");
        page.headers().forEach((name, value) -> response.headers().set(name, value));
        HttpUtil.setKeepAlive(response, keepAlive);
        unwritten++;
        ChannelFuture written = ctx.writeAndFlush(response);
        written.addListener(done -> unwritten--);
        if (streaming != null || !keepAlive) {
            ended = true;
            streaming = null;
            dropWaiting();
            LingeringClose.after(written);
        }
        proceed(ctx);
    }

    private void dropWaiting() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        proceed(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (!(event instanceof IdleStateEvent idle)) {
            super.userEventTriggered(ctx, event);
            return;
        }
        if (idle.state() == IdleState.WRITER_IDLE) {
            if (unwritten > 0 && !idle.isFirst()) {
                ctx.close();
            }
            return;
        }
        quietEvents++;
        boolean bodyMayCome = streaming != null && quietEvents < QUIET_EVENTS_MAX;
        boolean oursToAct = unwritten > 0 || (answering && (streaming == null || !streaming.wanted));
        if (!bodyMayCome && !oursToAct) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        ended = true;
        dropWaiting();
        Streaming open = streaming;
        streaming = null;
        if (open != null) {
            open.abort();
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection broke", cause);
        ctx.close();
    }

    /** One request whose body is taken as it comes. */
    private final class Streaming implements Exchange {
        private final ChannelHandlerContext ctx;
        private final boolean keepAlive;
        private boolean expectsContinue;
        private boolean wanted;
        private @Nullable Upload upload;

        Streaming(ChannelHandlerContext ctx, boolean keepAlive, boolean expectsContinue) {
            this.ctx = ctx;
            this.keepAlive = keepAlive;
            this.expectsContinue = expectsContinue;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public void after(long millis, Runnable task) {
            ctx.executor().schedule(task, millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void more() {
            wanted = true;
            if (expectsContinue) {
                expectsContinue = false;
                ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
            }
            proceed(ctx);
        }

        @Override
        public void answer(Page page) {
            HttpConnection.this.answer(ctx, page, keepAlive && streaming != this);
        }

        void take(HttpContent piece) {
            if (upload == null) {
                return;
            }
            if (!piece.decoderResult().isSuccess()) {
                ctx.close();
                return;
            }
            boolean last = piece instanceof LastHttpContent;
            if (piece.content().isReadable()) {
                wanted = last;
                upload.read(piece.content());
            }
            if (last && streaming == this) {
                streaming = null;
                upload.end();
            }
        }

        void abort() {
            if (upload != null) {
                upload.abort();
            }
        }
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.transport.Drain;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/drain}: has everybody move to other gateways; {@code GET /v1/drain}: how far that is. For who has the
 * operator's secret: tokens are a tenant's, and a gateway serves many. On the event loops.
 */
public final class DrainRoute implements Route {
    /** The longest that a drain may take. */
    public static final int SECONDS_MAX = 3_600;

    private static final String PATH = "/v1/drain";
    private static final String SCHEME = "Bearer ";
    private static final int SECOND_MILLIS = 1_000;

    private final byte[] secret;
    private final Drain drain;
    private final int drainMillis;
    private final IntConsumer begin;

    /** {@code begin} is told how many milliseconds everybody has, {@code drainMillis} if the request does not say. */
    public DrainRoute(String secret, Drain drain, int drainMillis, IntConsumer begin) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.drain = drain;
        this.drainMillis = drainMillis;
        this.begin = begin;
    }

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        if (!path.equals(PATH)) {
            return null;
        }
        try {
            return HttpRouter.now(answer(request));
        } catch (ProblemException e) {
            return HttpRouter.now(e.problem().page());
        }
    }

    private Page answer(FullHttpRequest request) {
        requireOperator(request);
        if (HttpMethod.GET.equals(request.method())) {
            return page(HttpResponseStatus.OK);
        }
        if (!HttpMethod.POST.equals(request.method())) {
            throw new ProblemException(
                    Problem.of(ProblemType.METHOD_NOT_ALLOWED, "").withHeader(HttpHeaderNames.ALLOW, "GET, POST"));
        }
        begin.accept(millis(ByteBufUtil.getBytes(request.content())));
        return page(HttpResponseStatus.ACCEPTED);
    }

    private void requireOperator(FullHttpRequest request) {
        List<String> headers = request.headers().getAllAsString(HttpHeaderNames.AUTHORIZATION);
        String header = headers.size() == 1 ? headers.get(0) : "";
        boolean hasScheme = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String given = hasScheme ? header.substring(SCHEME.length()).strip() : "";
        if (!MessageDigest.isEqual(secret, given.getBytes(StandardCharsets.UTF_8))) {
            throw new ProblemException(
                    ProblemType.UNAUTHENTICATED, "send one header Authorization: Bearer and the operator's secret");
        }
    }

    private int millis(byte[] body) {
        if (body.length == 0) {
            return drainMillis;
        }
        Json json = Json.parse(body);
        json.allowOnly("seconds");
        Long seconds = json.optionalNumber("seconds");
        if (seconds == null) {
            return drainMillis;
        }
        if (seconds > SECONDS_MAX) {
            throw new ProblemException(ProblemType.MALFORMED, "seconds has to be a time up to an hour");
        }
        return (int) (seconds * SECOND_MILLIS);
    }

    private Page page(HttpResponseStatus status) {
        int connections = drain.connections();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", !drain.hasBegun() ? "serving" : connections == 0 ? "drained" : "draining");
        json.put("connections", connections);
        if (drain.hasBegun()) {
            json.put("deadlineMillis", drain.deadlineMillis());
        }
        return Json.page(status, json);
    }
}

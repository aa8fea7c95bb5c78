package dev.parley.gateway.http;

import dev.parley.gateway.session.Account;
import dev.parley.gateway.session.Origins;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.transport.Node;
import dev.parley.gateway.transport.ServerSentEvents;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /v1/conversations/{id}/events?ticket=&after=}: what happens in a conversation, as server-sent events for an {@code
 * EventSource} or curl. On the event loop of the connection.
 */
public final class FollowRoute implements SocketRoute {
    private static final PathTemplate PATH = PathTemplate.of("/v1/conversations/{id}/events");
    private static final int RETRY_MILLIS = 10_000;
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Node node;
    private final EventTickets tickets;
    private final Origins origins;

    public FollowRoute(Node node, EventTickets tickets, Origins origins) {
        this.node = node;
        this.tickets = tickets;
        this.origins = origins;
    }

    @Override
    public boolean takes(HttpRequest head) {
        return HttpMethod.GET.equals(head.method()) && PATH.match(head) != null;
    }

    @Override
    public CompletionStage<Taker> begin(Loop loop, FullHttpRequest request) {
        if (!origins.allows(request.headers().getAllAsString(HttpHeaderNames.ORIGIN))) {
            throw new ProblemException(ProblemType.FORBIDDEN, "not from this origin");
        }
        Map<String, String> path = PATH.match(request);
        Map<String, List<String>> query = ApiRoute.parameters(new QueryStringDecoder(request.uri()));
        String conversation = path == null ? "" : path.getOrDefault("id", "");
        long after = after(request, query);
        HttpVersion version = request.protocolVersion();
        return tickets.redeem(query.getOrDefault("ticket", List.of("")).get(0)).thenApply(grant -> {
            if (grant == null || !grant.conversation().conversation().equals(conversation)) {
                throw new ProblemException(ProblemType.UNAUTHENTICATED, "the ticket is not good, or not any more");
            }
            return ctx -> {
                Account account = node.accounts().connect(grant.principal(), false);
                if (account == null) {
                    throw new ProblemException(Problem.of(ProblemType.TOO_MANY_REQUESTS, "too many connections")
                            .retryAfterMillis(RETRY_MILLIS));
                }
                ctx.channel().closeFuture().addListener(closed -> account.disconnect());
                Follower follower =
                        new Follower(node, grant.principal(), grant.conversation(), after, ctx.channel(), loop);
                ServerSentEvents.begin(ctx, version);
                ctx.pipeline().remove(ctx.handler()).addLast(follower);
                follower.begin();
            };
        });
    }

    /** The last revision that the client has; {@link Follower#FROM_NOW} if it wants none of the past. */
    private static long after(HttpRequest head, Map<String, List<String>> query) {
        String last = head.headers()
                .get(LAST_EVENT_ID, query.getOrDefault("after", List.of("")).get(0));
        if (last.isEmpty()) {
            return Follower.FROM_NOW;
        }
        try {
            long after = Long.parseLong(last);
            if (after >= 0) {
                return after;
            }
        } catch (NumberFormatException e) {
            throw new ProblemException(ProblemType.MALFORMED, LAST_EVENT_ID + " has to be a revision");
        }
        throw new ProblemException(ProblemType.MALFORMED, LAST_EVENT_ID + " has to be a revision");
    }
}

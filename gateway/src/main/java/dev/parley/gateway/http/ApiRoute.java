package dev.parley.gateway.http;

import dev.parley.gateway.assistant.Assistants;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.gateway.transport.Node;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP API under {@code /v1}: JSON for who has a token. On the event loops. */
public final class ApiRoute implements Route {
    private static final Logger LOG = LoggerFactory.getLogger(ApiRoute.class);

    private static final String PREFIX = "/v1/";
    private static final int RETRY_MILLIS = 1_000;

    private final Authentication authentication;
    private final List<Operation> operations = new ArrayList<>();

    private record Operation(HttpMethod method, PathTemplate path, Endpoint endpoint) {}

    ApiRoute(Authentication authentication) {
        this.authentication = authentication;
    }

    public static ApiRoute of(Node node, Assistants assistants, EventTickets tickets) {
        String conversation = "/v1/conversations/{id}";
        return new ApiRoute(new Authentication(node.tokens()))
                .serve(HttpMethod.GET, "/v1/tab-key", new ReadTabKey(node))
                .serve(HttpMethod.GET, "/v1/conversations", new ListConversations(node))
                .serve(HttpMethod.GET, conversation, new ReadConversation(node))
                .serve(HttpMethod.GET, conversation + "/blocks", new ReadBlocks(node))
                .serve(HttpMethod.GET, conversation + "/entries", new ReadEntries(node))
                .serve(HttpMethod.GET, conversation + "/blocks/{block}/versions", new ReadVersions(node))
                .serve(HttpMethod.GET, conversation + "/runs/{run}", new ReadRun(node))
                .serve(HttpMethod.POST, conversation + "/assist", new PostAssist(node, assistants))
                .serve(HttpMethod.POST, conversation + "/tickets", new PostTicket(node, tickets))
                .serve(HttpMethod.POST, conversation + "/messages", new PostMessage(node));
    }

    ApiRoute serve(HttpMethod method, String path, Endpoint endpoint) {
        operations.add(new Operation(method, PathTemplate.of(path), endpoint));
        return this;
    }

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        if (!path.startsWith(PREFIX)) {
            return null;
        }
        try {
            return dispatch(request, loop).exceptionally(ApiRoute::failed);
        } catch (RuntimeException e) {
            return HttpRouter.now(failed(e));
        }
    }

    private CompletionStage<Page> dispatch(FullHttpRequest request, Loop loop) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        Set<String> allowed = new TreeSet<>();
        for (Operation operation : operations) {
            Map<String, String> parameters = operation.path().match(uri.rawPath());
            if (parameters == null) {
                continue;
            }
            if (operation.method().equals(request.method())) {
                return operation
                        .endpoint()
                        .answer(new ApiRequest(
                                authentication.principal(request),
                                parameters,
                                parameters(uri),
                                request.headers().copy(),
                                ByteBufUtil.getBytes(request.content()),
                                loop));
            }
            allowed.add(operation.method().name());
        }
        authentication.principal(request);
        throw new ProblemException(
                allowed.isEmpty()
                        ? Problem.of(ProblemType.NOT_FOUND, "")
                        : Problem.of(ProblemType.METHOD_NOT_ALLOWED, "")
                                .withHeader(HttpHeaderNames.ALLOW, String.join(", ", allowed)));
    }

    static Map<String, List<String>> parameters(QueryStringDecoder uri) {
        try {
            return uri.parameters();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemType.MALFORMED, "the query cannot be decoded");
        }
    }

    static Page failed(Throwable failure) {
        Throwable cause = ProblemException.cause(failure);
        if (cause instanceof ProblemException problem) {
            return problem.problem().page();
        }
        if (cause instanceof DamagedLogException) {
            return Problem.of(ProblemType.QUARANTINED, "").page();
        }
        if (cause instanceof StoreBusyException || cause instanceof StoreFailedException) {
            return Problem.of(ProblemType.UNAVAILABLE, "")
                    .retryAfterMillis(RETRY_MILLIS)
                    .page();
        }
        LOG.error("a request failed", cause);
        return Problem.of(ProblemType.INTERNAL, "").page();
    }
}

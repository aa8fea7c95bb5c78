package dev.parley.gateway.http;

import dev.parley.conversation.Role;
import dev.parley.gateway.assistant.Assistants;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/conversations/{id}/assist}: the assistant begins to draft an answer, which is told by its run. */
record PostAssist(Node node, Assistants assistants) implements Endpoint {
    private static final int RETRY_MILLIS = 5_000;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Visit.requireStaff(request);
        if (request.principal().role() == Role.ASSISTANT) {
            throw new ProblemException(ProblemType.FORBIDDEN, "an assistant does not ask itself");
        }
        return Visit.of(node, request).look().thenApply(opened -> {
            String run = assistants.assist(
                    opened.key().tenant(),
                    opened.key().conversation(),
                    request.principal().subject());
            if (run == null) {
                throw new ProblemException(Problem.of(ProblemType.TOO_MANY_REQUESTS, "the assistant has too much to do")
                        .retryAfterMillis(RETRY_MILLIS));
            }
            return Json.page(HttpResponseStatus.ACCEPTED, Map.of("run", run));
        });
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.assistant.RunName;
import dev.parley.gateway.assistant.RunStatus;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/conversations/{id}/runs/{run}}: how far a run came. */
record ReadRun(Node node) implements Endpoint {

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Visit.requireStaff(request);
        String run = request.id("run");
        RunName name = RunName.of(request.conversation(), request.principal(), run);
        return Visit.of(node, request)
                .look(name.outbox())
                .thenCompose(opened -> {
                    Delivery.Blocks state = Visit.state(opened);
                    return RunStatus.find(
                            name,
                            state.blocks(),
                            opened.outboxes(),
                            state.position().revision(),
                            node.store());
                })
                .thenApply(ReadRun::page);
    }

    private static Page page(@Nullable RunStatus status) {
        if (status == null) {
            throw new ProblemException(ProblemType.NOT_FOUND, "");
        }
        return Json.page(HttpResponseStatus.OK, RunRoute.json(status));
    }
}

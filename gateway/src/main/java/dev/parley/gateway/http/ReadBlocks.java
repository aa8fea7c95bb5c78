package dev.parley.gateway.http;

import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/conversations/{id}/blocks?before=&limit=}: a page of the blocks that stand before a revision. */
record ReadBlocks(Node node) implements Endpoint {
    private static final int LIMIT_MAX = 200;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        long before = request.number("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        int limit = (int) request.number("limit", LIMIT_MAX, 1, LIMIT_MAX);
        return Visit.of(node, request).lookBack(before, limit).thenApply(ReadBlocks::page);
    }

    private static Page page(Delivery.Page page) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("blocks", page.blocks().stream().map(ModelJson::block).toList());
        if (page.olderThan() > 0) {
            json.put("olderThan", page.olderThan());
        }
        return Json.page(HttpResponseStatus.OK, json);
    }
}

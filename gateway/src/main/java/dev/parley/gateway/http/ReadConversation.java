package dev.parley.gateway.http;

import dev.parley.conversation.Block;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/conversations/{id}}: the state as the token's view has it. */
record ReadConversation(Node node) implements Endpoint {

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        return Visit.of(node, request).look().thenApply(ReadConversation::page);
    }

    private static Page page(Delivery.Opened opened) {
        Delivery.Blocks state = Visit.state(opened);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("conversation", opened.key().conversation());
        json.put("revision", state.position().revision());
        json.put("head", ModelJson.head(state.position().head()));
        json.put("view", opened.view().name());
        json.put("attributes", state.attributes());
        List<Block> blocks = state.blocks();
        json.put("blocks", blocks.stream().map(ModelJson::block).toList());
        if (state.olderThan() > 0) {
            json.put("olderThan", state.olderThan());
        }
        return Json.page(HttpResponseStatus.OK, json);
    }
}

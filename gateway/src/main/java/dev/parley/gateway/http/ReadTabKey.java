package dev.parley.gateway.http;

import dev.parley.gateway.session.TabKey;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/tab-key}: what the tabs of the token's principal sign their messages to each other with. */
record ReadTabKey(Node node) implements Endpoint {

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        TabKey key = node.tokens().tabKey(request.principal());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", key.id());
        json.put("key", Base64.getUrlEncoder().withoutPadding().encodeToString(key.key()));
        json.put("expiresAtMillis", key.expiresAtMillis());
        return HttpRouter.now(Json.page(HttpResponseStatus.OK, json));
    }
}

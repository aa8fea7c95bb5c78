package dev.parley.gateway.http;

import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/conversations/{id}/tickets}: lets somebody without headers follow a conversation, once. */
record PostTicket(Node node, EventTickets tickets) implements Endpoint {

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        return Visit.of(node, request).look().thenCompose(opened -> tickets.issue(request.principal(), opened.key())
                .thenApply(issued -> page(opened.key().conversation(), issued)));
    }

    private static Page page(String conversation, EventTickets.Issued issued) {
        String id = URLEncoder.encode(conversation, StandardCharsets.UTF_8).replace("+", "%20");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ticket", issued.ticket());
        json.put("path", "/v1/conversations/" + id + "/events?ticket=" + issued.ticket());
        json.put("expiresAtMillis", issued.expiresAtMillis());
        return Json.page(HttpResponseStatus.CREATED, json);
    }
}

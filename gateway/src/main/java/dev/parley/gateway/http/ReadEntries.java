package dev.parley.gateway.http;

import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/conversations/{id}/entries?after=&limit=}: the log, for audit by staff. */
record ReadEntries(Node node) implements Endpoint {
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1_000;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Visit.requireStaff(request);
        long after = request.number("after", 0, 0, Long.MAX_VALUE - LIMIT_MAX);
        int limit = (int) request.number("limit", LIMIT, 1, LIMIT_MAX);
        ConversationKey key = request.conversation();
        return Visit.of(node, request).look().thenCompose(opened -> {
            long head = opened.catchUp().position().revision();
            return new LogPages(node.store(), key)
                    .first(limit, after, head)
                    .thenApply(entries -> page(opened, entries, head));
        });
    }

    private static Page page(Delivery.Opened opened, List<LoggedEntry> entries, long head) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("conversation", opened.key().conversation());
        json.put("revision", head);
        json.put("entries", entries.stream().map(ModelJson::entry).toList());
        if (!entries.isEmpty() && entries.get(entries.size() - 1).revision() < head) {
            json.put("next", entries.get(entries.size() - 1).revision());
        }
        return Json.page(HttpResponseStatus.OK, json);
    }
}

package dev.parley.gateway.http;

import dev.parley.conversation.ConversationSummary;
import dev.parley.gateway.store.InboxPage;
import dev.parley.gateway.transport.Node;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /v1/conversations?kind=&after=&limit=}: the tenant's conversations, latest first, for staff. */
record ListConversations(Node node) implements Endpoint {
    private static final int LIMIT = 50;
    private static final int LIMIT_MAX = 200;
    private static final int CURSOR_LENGTH_MAX = 1_024;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Visit.requireStaff(request);
        String kind = request.parameter("kind", 32);
        if (!kind.isEmpty() && !ConversationSummary.KINDS.contains(kind)) {
            throw new ProblemException(ProblemType.MALFORMED, "kind has to be one of " + ConversationSummary.KINDS);
        }
        int limit = (int) request.number("limit", LIMIT, 1, LIMIT_MAX);
        return node.store()
                .inbox(
                        request.principal().tenant(),
                        kind.isEmpty() ? ConversationSummary.CHAT : kind,
                        cursor(request.parameter("after", CURSOR_LENGTH_MAX)),
                        limit)
                .thenApply(ListConversations::page);
    }

    private static byte[] cursor(String after) {
        try {
            return Base64.getUrlDecoder().decode(after);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(ProblemType.MALFORMED, "after is not a cursor");
        }
    }

    private static Page page(InboxPage page) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("conversations", page.rows().stream().map(ModelJson::summary).toList());
        if (page.next().length > 0) {
            json.put("next", Base64.getUrlEncoder().withoutPadding().encodeToString(page.next()));
        }
        return Json.page(HttpResponseStatus.OK, json);
    }
}

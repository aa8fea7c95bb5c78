package dev.parley.gateway.http;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.Operation;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Submission;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.session.OneShotOutbox;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Delivery.OutboxFault;
import dev.parley.gateway.transport.Node;
import dev.parley.ot.Text;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * {@code POST /v1/conversations/{id}/messages}: writes a message once, however often it is asked with the same {@code
 * Idempotency-Key}, and if an {@code expectedRevision} is given, only while the conversation is there.
 */
record PostMessage(Node node) implements Endpoint {
    private static final String KEY_HEADER = "Idempotency-Key";
    private static final int KEY_LENGTH_MAX = 255;

    @Override
    public CompletionStage<Page> answer(ApiRequest request) {
        Json body = Json.parse(request.body());
        body.allowOnly("text", "expectedRevision");
        String text = body.string("text");
        Long expected = body.optionalNumber("expectedRevision");
        if (text.isEmpty()) {
            throw new ProblemException(ProblemType.MALFORMED, "text is empty");
        }
        String outbox = OneShotOutbox.id(request.principal().subject(), key(request));
        String block = outbox + ".1";
        SubmissionId id = new SubmissionId(outbox, 1, OneShotOutbox.contentId(text, String.valueOf(expected)));
        long waitMillis = node.accounts().takeOrWaitMillis(request.principal(), 1);
        if (waitMillis > 0) {
            throw new ProblemException(tooMany(waitMillis));
        }
        Visit visit = Visit.of(node, request);
        return visit.open()
                .thenCompose(opened -> visit.submit(
                        opened.handle(),
                        new Submission(
                                id,
                                opened.catchUp().position(),
                                List.of(new Operation.CreateBlock(
                                        block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE)),
                                0),
                        expected))
                .thenApply(answer -> page(answer, block));
    }

    /** Without a key each request is a message of its own. */
    private static String key(ApiRequest request) {
        List<String> keys = request.headers().getAllAsString(KEY_HEADER);
        if (keys.isEmpty()) {
            return UUID.randomUUID().toString();
        }
        String key = keys.get(0);
        if (keys.size() > 1 || key.isEmpty() || key.length() > KEY_LENGTH_MAX || !Text.isWellFormed(key)) {
            throw new ProblemException(ProblemType.MALFORMED, KEY_HEADER + " is not usable");
        }
        return key;
    }

    private static Page page(Answer answer, String block) {
        if (answer instanceof Answer.Accepted accepted) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("block", block);
            json.put("revision", accepted.revision());
            return Json.page(HttpResponseStatus.CREATED, json);
        }
        throw new ProblemException(problem(answer));
    }

    private static Problem tooMany(long waitMillis) {
        return Problem.of(ProblemType.TOO_MANY_REQUESTS, "too many operations in a second")
                .retryAfterMillis((int) waitMillis);
    }

    private static Problem problem(Answer answer) {
        if (answer instanceof Answer.Rejected rejected) {
            if (rejected.code() == RejectCode.CHANGED) {
                return Problem.of(ProblemType.REVISION_CHANGED, "");
            }
            return Problem.of(ProblemType.REJECTED, "")
                    .with(Map.of("reason", rejected.code().name()));
        }
        if (answer instanceof Answer.Refused refused) {
            return switch (refused.refusal()) {
                case TOO_MANY_OUTBOXES -> Problem.of(ProblemType.TOO_MANY_REQUESTS, "too many keys in a day");
                case RATE_LIMITED -> tooMany(refused.delayMillis());
                case OVERLOADED, STORE_AWAY, BEHIND, FOREIGN_POSITION ->
                    Problem.of(ProblemType.UNAVAILABLE, "").retryAfterMillis(refused.delayMillis());
            };
        }
        return answer instanceof Answer.Fault fault && fault.fault() == OutboxFault.FORKED
                ? Problem.of(ProblemType.KEY_REUSED, "")
                : Problem.of(ProblemType.INTERNAL, "");
    }
}

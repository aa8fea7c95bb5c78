package dev.parley.gateway.http;

import dev.parley.conversation.Position;
import dev.parley.conversation.Submission;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Delivery;
import dev.parley.gateway.shard.Delivery.Answer;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.shard.OpenRequest;
import dev.parley.gateway.shard.Published;
import dev.parley.gateway.shard.Shard;
import dev.parley.gateway.shard.Subscriber;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.transport.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A request's stay in one conversation: it opens it as a socket would, and so under the same rules, asks for one thing, and
 * leaves. On the connection's loop, but for {@link #isGone}.
 */
final class Visit implements Subscriber {
    private final Shard shard;
    private final ConversationKey key;
    private final Principal principal;
    private final Loop loop;
    private final CompletableFuture<Delivery.Opened> opened = new CompletableFuture<>();
    private final CompletableFuture<Answer> answered = new CompletableFuture<>();
    private final CompletableFuture<Delivery.Page> page = new CompletableFuture<>();
    private @Nullable Submission submission;
    private volatile boolean gone;

    Visit(Shard shard, ConversationKey key, Principal principal, Loop loop) {
        this.shard = shard;
        this.key = key;
        this.principal = principal;
        this.loop = loop;
    }

    static Visit of(Node node, ApiRequest request) {
        ConversationKey key = request.conversation();
        return new Visit(node.shards().of(key), key, request.principal(), request.loop());
    }

    static void requireStaff(ApiRequest request) {
        if (!request.principal().role().isStaff()) {
            throw new ProblemException(ProblemType.FORBIDDEN, "for staff only");
        }
    }

    /** What an open from the start answers. */
    static Delivery.Blocks state(Delivery.Opened opened) {
        if (opened.catchUp() instanceof Delivery.Blocks blocks) {
            return blocks;
        }
        throw new IllegalStateException("an open from the start has blocks");
    }

    /** As {@link #look}, with the last answer of an outbox. */
    CompletionStage<Delivery.Opened> look(String outbox) {
        return open(List.of(outbox)).whenComplete((result, failure) -> leave());
    }

    /** The conversation as the principal may see it, and nothing more: the visit is over. */
    CompletionStage<Delivery.Opened> look() {
        return open().whenComplete((result, failure) -> leave());
    }

    CompletionStage<Delivery.Opened> open() {
        return open(List.of());
    }

    private CompletionStage<Delivery.Opened> open(List<String> outboxes) {
        shard.open(new OpenRequest(key, "", "", Position.START, false, outboxes), this);
        return opened;
    }

    /** Once, after {@link #open}. With an expected revision it is rejected once the conversation is past that. */
    CompletionStage<Answer> submit(int handle, Submission made, @Nullable Long expectedRevision) {
        submission = made;
        if (expectedRevision == null) {
            shard.submit(key, handle, made, this);
        } else {
            shard.submitAfter(expectedRevision, key, handle, made, this);
        }
        return answered.whenComplete((result, failure) -> leave());
    }

    /** The blocks that stand before a revision. */
    CompletionStage<Delivery.Page> lookBack(long before, int limit) {
        return open().thenCompose(open -> {
                    shard.readBlocks(key, open.handle(), before, limit, this);
                    return page;
                })
                .whenComplete((result, failure) -> leave());
    }

    private void leave() {
        gone = true;
        shard.leave(key, this);
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public void deliver(Delivery delivery) {
        if (delivery instanceof Delivery.Opened open) {
            opened.complete(open);
        } else if (delivery instanceof Delivery.OpenFailed failed) {
            opened.completeExceptionally(new ProblemException(problem(failed)));
        } else if (delivery instanceof Delivery.Page older) {
            page.complete(older);
        } else if (delivery instanceof Delivery.Ended) {
            answered.completeExceptionally(new ProblemException(ProblemType.NOT_FOUND, ""));
            page.completeExceptionally(new ProblemException(ProblemType.NOT_FOUND, ""));
        } else if (delivery instanceof Delivery.Answered answer) {
            answered.complete(answer.answer());
        } else if (delivery instanceof Published published && submission != null) {
            published.entries().stream()
                    .filter(entry -> entry.entry().submission().equals(submission.id()))
                    .findFirst()
                    .ifPresent(own -> answered.complete(new Answer.Accepted(
                            own.revision(), own.entry().submission().contentId())));
        }
    }

    /** What is not there and what is not for this principal look the same. */
    static Problem problem(Delivery.OpenFailed failed) {
        return switch (failed.failure()) {
            case FORBIDDEN -> Problem.of(ProblemType.NOT_FOUND, "");
            case UNAVAILABLE -> Problem.of(ProblemType.UNAVAILABLE, "").retryAfterMillis(failed.delayMillis());
            case QUARANTINED -> Problem.of(ProblemType.QUARANTINED, "");
        };
    }
}

package dev.parley.gateway.http;

import java.util.concurrent.CompletionStage;

/** One operation of the API. On the connection's loop; its stage completes on any thread. */
@FunctionalInterface
interface Endpoint {

    /** Throws {@link ProblemException}, and its stage fails with one, for what cannot be served. */
    CompletionStage<Page> answer(ApiRequest request);
}

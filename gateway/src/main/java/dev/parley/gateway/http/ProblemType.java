package dev.parley.gateway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;

/** Why a request of the API was not served. The names are part of the API. */
enum ProblemType {
    MALFORMED(400, "The request is not usable"),
    UNAUTHENTICATED(401, "No valid token"),
    TOKEN_EXPIRED(401, "The token has expired"),
    FORBIDDEN(403, "The token's role may not do this"),
    NOT_FOUND(404, "There is no such thing, or not for this token"),
    METHOD_NOT_ALLOWED(405, "Not with this method"),
    STREAM_GONE(410, "This gateway has no such stream: begin a new one"),
    REVISION_CHANGED(409, "The conversation is not at the expected revision"),
    OFFSET_MISMATCH(409, "The run is elsewhere"),
    STREAM_BUSY(409, "What was sent before has not been taken yet"),
    INTERRUPTED(409, "Somebody took over"),
    KEY_REUSED(422, "The idempotency key was used for something else"),
    REJECTED(422, "The conversation does not take this"),
    TOO_MANY_REQUESTS(429, "Too much for now"),
    INTERNAL(500, "The gateway failed"),
    QUARANTINED(500, "The conversation's log is damaged"),
    UNAVAILABLE(503, "Not now");

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    HttpResponseStatus status() {
        return HttpResponseStatus.valueOf(status);
    }

    String title() {
        return title;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

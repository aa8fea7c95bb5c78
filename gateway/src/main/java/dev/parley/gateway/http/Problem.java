package dev.parley.gateway.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer that is an error, in the form of RFC 9457. {@code more} are members beyond those of the RFC. */
record Problem(ProblemType type, String detail, Map<String, Object> more, Map<String, String> headers) {
    private static final String CONTENT_TYPE = "application/problem+json";

    static Problem of(ProblemType type, String detail) {
        Map<String, String> headers =
                type.status().code() == 401 ? Map.of(HttpHeaderNames.WWW_AUTHENTICATE.toString(), "Bearer") : Map.of();
        return new Problem(type, detail, Map.of(), headers);
    }

    Problem with(Map<String, Object> members) {
        return new Problem(type, detail, members, headers);
    }

    Problem withHeader(CharSequence name, String value) {
        return new Problem(type, detail, more, Map.of(name.toString(), value));
    }

    Problem retryAfterMillis(int delayMillis) {
        return withHeader(HttpHeaderNames.RETRY_AFTER, Integer.toString(Math.max(1, (delayMillis + 999) / 1_000)));
    }

    Page page() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "urn:parley:problem:" + type.code());
        members.put("title", type.title());
        members.put("status", type.status().code());
        members.put("code", type.code());
        if (!detail.isEmpty()) {
            members.put("detail", detail);
        }
        members.putAll(more);
        return Json.page(type.status(), CONTENT_TYPE, members, headers);
    }
}

package dev.parley.gateway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A complete answer. */
@SuppressWarnings("ArrayRecordComponent") // bytes to be written, never compared or changed
public record Page(HttpResponseStatus status, String contentType, byte[] body, Map<String, String> headers) {

    public Page(HttpResponseStatus status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    public static Page text(HttpResponseStatus status, String text) {
        return new Page(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}

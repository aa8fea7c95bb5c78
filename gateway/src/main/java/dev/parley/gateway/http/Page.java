package dev.parley.gateway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** A complete answer. */
@SuppressWarnings("ArrayRecordComponent") // bytes to be written, never compared or changed
public record Page(HttpResponseStatus status, String contentType, byte[] body) {

    public static Page text(HttpResponseStatus status, String text) {
        return new Page(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}

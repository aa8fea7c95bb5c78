package dev.parley.gateway.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A path with parameters, like {@code /v1/conversations/{id}}. */
record PathTemplate(List<String> segments) {

    static PathTemplate of(String template) {
        return new PathTemplate(List.of(template.split("/", -1)));
    }

    /** As of the path of a request; null also if that cannot be decoded. */
    @Nullable Map<String, String> match(HttpRequest head) {
        try {
            return match(new QueryStringDecoder(head.uri()).rawPath());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The decoded parameters, or null if the path is another. {@code rawPath} is not decoded yet. */
    @Nullable Map<String, String> match(String rawPath) {
        String[] actual = rawPath.split("/", -1);
        if (actual.length != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < actual.length; i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{")) {
                if (actual[i].isEmpty()) {
                    return null;
                }
                parameters.put(segment.substring(1, segment.length() - 1), new QueryStringDecoder(actual[i]).path());
            } else if (!segment.equals(actual[i])) {
                return null;
            }
        }
        return parameters;
    }
}

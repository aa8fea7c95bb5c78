package dev.parley.gateway.http;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.ot.Text;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object from a body or into one. The parser is the one that reads tokens; its input is bounded by the pipeline. */
record Json(Map<String, Object> members) {
    private static final String CONTENT_TYPE = "application/json";

    static Json parse(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            if (!text.stripLeading().startsWith("{")) {
                // The parser takes an array of pairs for an object.
                throw new ParseException("not an object", 0);
            }
            return new Json(JSONObjectUtils.parse(text));
        } catch (CharacterCodingException | ParseException e) {
            throw new ProblemException(ProblemType.MALFORMED, "the body is not a JSON object in UTF-8");
        }
    }

    /** Throws for one that is missing, not a string, or not well formed. */
    String string(String name) {
        Object value = members.get(name);
        if (!(value instanceof String string) || !Text.isWellFormed(string)) {
            throw new ProblemException(ProblemType.MALFORMED, name + " has to be a string");
        }
        return string;
    }

    @Nullable Long optionalNumber(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number && number.doubleValue() == number.longValue() && number.longValue() >= 0) {
            return number.longValue();
        }
        throw new ProblemException(ProblemType.MALFORMED, name + " has to be a whole number");
    }

    void allowOnly(String... names) {
        Map<String, Object> rest = new HashMap<>(members);
        for (String name : names) {
            rest.remove(name);
        }
        if (!rest.isEmpty()) {
            throw new ProblemException(ProblemType.MALFORMED, "members that are not known here");
        }
    }

    static Page page(HttpResponseStatus status, Map<String, ?> members) {
        return page(status, CONTENT_TYPE, members, Map.of());
    }

    static Page page(
            HttpResponseStatus status, String contentType, Map<String, ?> members, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(HttpHeaderNames.CACHE_CONTROL.toString(), "no-store");
        byte[] body = JSONObjectUtils.toJSONString(members).getBytes(StandardCharsets.UTF_8);
        return new Page(status, contentType, body, all);
    }
}

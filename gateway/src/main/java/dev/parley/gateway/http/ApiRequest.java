package dev.parley.gateway.http;

import dev.parley.gateway.session.Principal;
import dev.parley.gateway.shard.Loop;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.ot.Text;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/** A request of a known principal. {@code loop} is that of the connection. */
@SuppressWarnings("ArrayRecordComponent") // bytes to be parsed, never compared or changed
record ApiRequest(
        Principal principal,
        Map<String, String> path,
        Map<String, List<String>> query,
        HttpHeaders headers,
        byte[] body,
        Loop loop) {
    private static final int ID_LENGTH_MAX = 256;

    ConversationKey conversation() {
        return new ConversationKey(principal.tenant(), id("id"));
    }

    /** A parameter of the path. */
    String id(String name) {
        String value = path.getOrDefault(name, "");
        if (value.isEmpty() || value.length() > ID_LENGTH_MAX || !Text.isWellFormed(value)) {
            throw new ProblemException(ProblemType.NOT_FOUND, "");
        }
        return value;
    }

    /** A parameter of the query; empty if absent. */
    String parameter(String name, int lengthMax) {
        List<String> values = query.getOrDefault(name, List.of(""));
        String value = values.get(0);
        if (values.size() > 1 || value.length() > lengthMax || !Text.isWellFormed(value)) {
            throw new ProblemException(ProblemType.MALFORMED, name + " is not usable");
        }
        return value;
    }

    /** A whole number from {@code min} to {@code max} in the query. */
    long number(String name, long absent, long min, long max) {
        String value = parameter(name, 20);
        if (value.isEmpty()) {
            return absent;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new ProblemException(ProblemType.MALFORMED, name + " has to be a whole number");
        }
        throw new ProblemException(ProblemType.MALFORMED, name + " has to be from " + min + " to " + max);
    }
}

package dev.parley.gateway.http;

import dev.parley.gateway.session.Principal;
import dev.parley.gateway.session.TokenException;
import dev.parley.gateway.session.Tokens;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who sent a request: from {@code Authorization: Bearer}. For any thread. */
record Authentication(Tokens tokens) {
    private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

    private static final String SCHEME = "Bearer ";

    Principal principal(HttpRequest head) {
        List<String> headers = head.headers().getAllAsString(HttpHeaderNames.AUTHORIZATION);
        String header = headers.size() == 1 ? headers.get(0) : "";
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ProblemException(ProblemType.UNAUTHENTICATED, "send one header Authorization: Bearer TOKEN");
        }
        try {
            return tokens.verify(header.substring(SCHEME.length()).strip());
        } catch (TokenException e) {
            LOG.debug("refused a token: {}", e.getMessage());
            throw new ProblemException(
                    e.isExpired() ? ProblemType.TOKEN_EXPIRED : ProblemType.UNAUTHENTICATED,
                    String.valueOf(e.getMessage()));
        }
    }
}

package dev.parley.gateway.http;

import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Origins;
import dev.parley.gateway.session.Tokens;
import dev.parley.gateway.shard.Loop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The demo: its pages from the jar, and {@code POST /demo/token?role=visitor|agent|admin&subject=…&name=…}, which gives anybody a
 * token. Only for a gateway that listens on loopback; requests of other hosts' pages are refused, and so are host names
 * that were rebound to loopback.
 */
public final class DemoRoute implements Route {
    public static final String TENANT = "demo";

    private static final Duration TOKEN_LIFETIME = Duration.ofHours(12);
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int NAME_LENGTH_MAX = 64;
    private static final Map<String, Role> ROLES =
            Map.of("visitor", Role.VISITOR, "agent", Role.AGENT, "admin", Role.ADMIN);
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "map", "application/json");

    private final Tokens tokens;
    private final Origins origins;
    private final Map<String, Page> files = new ConcurrentHashMap<>();

    public DemoRoute(Tokens tokens, Origins origins) {
        this.tokens = tokens;
        this.origins = origins;
    }

    @Override
    public @Nullable CompletionStage<Page> answer(FullHttpRequest request, String path, Loop loop) {
        Page page = page(request, path);
        return page == null ? null : HttpRouter.now(page);
    }

    @Nullable Page page(FullHttpRequest request, String path) {
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        if (!origins.allows(List.of("http://" + host))
                || !origins.allows(request.headers().getAllAsString(HttpHeaderNames.ORIGIN))) {
            return Page.text(HttpResponseStatus.FORBIDDEN, "not from here\n");
        }
        if (path.equals("/demo/token") && HttpMethod.POST.equals(request.method())) {
            return token(new QueryStringDecoder(request.uri()).parameters());
        }
        if (!HttpMethod.GET.equals(request.method())) {
            return null;
        }
        return file(path.equals("/") ? "index.html" : path.substring(1));
    }

    private Page token(Map<String, List<String>> parameters) {
        String subject = parameter(parameters, "subject");
        String name = parameter(parameters, "name");
        String role = parameter(parameters, "role");
        Role granted = ROLES.get(role);
        if (granted == null || !SUBJECT.matcher(subject).matches() || name.length() > NAME_LENGTH_MAX) {
            return Page.text(HttpResponseStatus.BAD_REQUEST, "role, subject or name is not usable\n");
        }
        Author author = new Author(subject, granted, name);
        return Page.text(HttpResponseStatus.OK, tokens.mint(TENANT, author, TOKEN_LIFETIME));
    }

    private static String parameter(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of("")).get(0);
    }

    private @Nullable Page file(String name) {
        return FILE_NAME.matcher(name).matches() ? files.computeIfAbsent(name, DemoRoute::read) : null;
    }

    /** Null if there is no such file. A few small files in the jar, each read once. */
    private static @Nullable Page read(String name) {
        String contentType = CONTENT_TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        try (InputStream file = DemoRoute.class.getResourceAsStream("/demo/" + name)) {
            return file == null || contentType == null
                    ? null
                    : new Page(HttpResponseStatus.OK, contentType, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.parley.gateway.assistant;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Author;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The gateway's own HTTP API, as its assistants use it: with a token for a tenant, like anybody's assistant. Blocks; for any
 * thread.
 */
final class OwnGateway {
    private static final Author ASSISTANT = new Author("assistant", Role.ASSISTANT, "Assistant");
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Supplier<InetSocketAddress> address;
    private final Tokens tokens;

    /** Made when it is first used: it brings TLS along, a sixth of the gateway's start. */
    private static final class Client {
        static final HttpClient SHARED = HttpClient.newHttpClient();
    }

    /** {@code address} is asked for when it listens. */
    OwnGateway(Supplier<InetSocketAddress> address, Tokens tokens) {
        this.address = address;
        this.tokens = tokens;
    }

    Map<String, Object> get(String tenant, String path) throws IOException, InterruptedException {
        InetSocketAddress at = address.get();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host(at) + ":" + at.getPort() + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token(tenant))
                .build();
        HttpResponse<String> response = Client.SHARED.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("the gateway answered " + response.statusCode());
        }
        try {
            return JSONObjectUtils.parse(response.body());
        } catch (ParseException e) {
            throw new IOException("the gateway's answer is not JSON", e);
        }
    }

    RunPost run(String tenant, String path) throws IOException {
        InetSocketAddress at = address.get();
        return new RunPost(at, host(at), token(tenant), path);
    }

    private static String host(InetSocketAddress at) {
        String host = at.getAddress().getHostAddress();
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private String token(String tenant) {
        return tokens.mint(tenant, ASSISTANT, TOKEN_LIFETIME);
    }

    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String text(Map<?, ?> json, String name) {
        return json.get(name) instanceof String text ? text : "";
    }

    static List<Map<?, ?>> list(Map<?, ?> json, String name) {
        List<Map<?, ?>> all = new ArrayList<>();
        if (json.get(name) instanceof List<?> list) {
            for (Object member : list) {
                if (member instanceof Map<?, ?> map) {
                    all.add(map);
                }
            }
        }
        return all;
    }
}

package dev.parley.load.gatling;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gateways of a run, and which of them get no more connections: a balancer that knows at once. On the clients' loop, but for
 * being made.
 */
public final class Gateways {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final List<URI> urls;
    private final @Nullable String operatorSecret;
    private final Set<URI> drained = new HashSet<>();

    /** {@code operatorSecret} is null if nobody may drain them. */
    public Gateways(List<URI> urls, @Nullable String operatorSecret) {
        this.urls = List.copyOf(urls);
        this.operatorSecret = operatorSecret;
    }

    /** Connections take them in turn, but for those that are drained. */
    URI of(int turn) {
        URI url = urls.get(turn % urls.size());
        List<URI> serving =
                urls.stream().filter(each -> !drained.contains(each)).toList();
        return drained.contains(url) && !serving.isEmpty() ? serving.get(turn % serving.size()) : url;
    }

    /** Has one send everybody away within so many seconds; nothing, for who asks again. */
    void drain(int number, int seconds, EventLoop loop, Outcome outcome) {
        URI url = urls.get(number);
        if (!drained.add(url)) {
            outcome.done();
            return;
        }
        String scheme = url.getScheme().equals("wss") ? "https" : "http";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(scheme + "://" + url.getAuthority()).resolve("/v1/drain"))
                .header("Authorization", "Bearer " + operatorSecret)
                .timeout(ANSWER_MAX)
                .POST(HttpRequest.BodyPublishers.ofString("{\"seconds\": " + seconds + "}"))
                .build();
        HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .sendAsync(request, BodyHandlers.discarding())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure == null && answer.statusCode() == HttpResponseStatus.ACCEPTED.code()) {
                                outcome.done();
                            } else {
                                outcome.failed("not drained: " + (failure == null ? answer : failure));
                            }
                        },
                        loop);
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Role;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins and the gateway's HTTP side. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorsTest {
    private static final String ALLOWED = "access-control-allow-origin";

    private final RunningGateway gateway = new RunningGateway();
    private final HttpClient client = HttpClient.newHttpClient();

    CorsTest() throws Exception {}

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/tab-key",
                "/v1/conversations",
                "/v1/conversations/none/runs",
                "/v1/conversations/none/events",
                "/v1/streams",
                "/v1/streams/none",
                "/healthz",
                "/readyz",
                "/metrics",
                "/nowhere"
            })
    void everyAnswerMayBeReadByPagesOfAnAllowedOriginAlsoErrors(String path) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path)).header("Origin", RunningGateway.ORIGIN);

        assertThat(send(request).firstValue(ALLOWED)).contains(RunningGateway.ORIGIN);
        assertThat(send(request.POST(HttpRequest.BodyPublishers.ofString("x"))).firstValue(ALLOWED))
                .contains(RunningGateway.ORIGIN);
        assertThat(send(request.setHeader("Origin", "https://evil.example")).firstValue(ALLOWED))
                .isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsToldToThePage() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/v1/conversations/none/messages"))
                .header("Origin", RunningGateway.ORIGIN)
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1 << 20]));
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue(ALLOWED)).contains(RunningGateway.ORIGIN);
    }

    @Test
    void aPreflightTellsWhatMayBeSentWithoutAToken() throws Exception {
        HttpResponse<String> response = preflight(RunningGateway.ORIGIN);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue(ALLOWED)).contains(RunningGateway.ORIGIN);
        assertThat(response.headers().firstValue("access-control-allow-methods").orElse(""))
                .contains("GET", "POST");
        assertThat(response.headers().firstValue("access-control-allow-headers").orElse(""))
                .contains("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID");
        assertThat(response.headers().firstValue("access-control-max-age")).isPresent();
        assertThat(response.headers().firstValue("access-control-allow-credentials"))
                .isEmpty();
        assertThat(response.headers().allValues("vary")).containsExactly("origin");
    }

    @Test
    void aPreflightOfAnotherOriginAllowsNothing() throws Exception {
        assertThat(preflight("https://evil.example").headers().firstValue(ALLOWED))
                .isEmpty();
    }

    @Test
    void whatIsAllowedIsReadWithTheToken() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/v1/tab-key"))
                .header("Origin", RunningGateway.ORIGIN)
                .header("Authorization", "Bearer " + gateway.token(Role.VISITOR, "vera"));

        assertThat(gateway.send(request).status()).isEqualTo(200);
    }

    private HttpResponse<String> preflight(String origin) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/v1/conversations/some/messages"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,idempotency-key")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpHeaders send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .headers();
    }
}

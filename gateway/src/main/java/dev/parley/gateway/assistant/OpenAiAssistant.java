package dev.parley.gateway.assistant;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any model behind an endpoint that speaks like OpenAI's chat completions and streams. Told what the tenant's articles say.
 * On a thread of {@link Assistants}.
 */
final class OpenAiAssistant implements Assistant {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration HEAD_TIMEOUT = Duration.ofMinutes(2);
    private static final int LINE_BYTES_MAX = 256 * 1024;
    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";
    private static final String INSTRUCTION = """
            You draft the next reply of a support agent to a visitor of a web site. The agent reads and corrects it before \
            it is sent. Answer in the visitor's language, briefly, with the reply alone. Use what the knowledge base says \
            and name the article; if it does not answer the question, say so and do not invent anything.
            """;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final AssistantConfig config;

    OpenAiAssistant(AssistantConfig config) {
        this.config = config;
    }

    @Override
    public String model() {
        return config.model();
    }

    @Override
    public void answer(Question question, TokenSink sink) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.url() + "/chat/completions"))
                .timeout(HEAD_TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(JSONObjectUtils.toJSONString(body(question))));
        if (!config.key().isEmpty()) {
            request.header("Authorization", "Bearer " + config.key());
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream events = new BufferedInputStream(response.body())) {
            if (response.statusCode() != 200) {
                throw new IOException("the model's endpoint answered " + response.statusCode());
            }
            stream(events, sink);
        }
    }

    private static void stream(InputStream events, TokenSink sink) throws IOException {
        String line = line(events);
        while (line != null) {
            if (line.startsWith(DATA)) {
                String data = line.substring(DATA.length()).strip();
                if (data.equals(DONE)) {
                    return;
                }
                String token = token(data);
                if (!token.isEmpty()) {
                    sink.write(token);
                }
            }
            line = line(events);
        }
        throw new IOException("the model's stream ended early");
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("the model's stream has a line of more than " + LINE_BYTES_MAX + " bytes");
            }
            next = in.read();
        }
        return next < 0 && line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
    }

    /** The text that an event adds; empty for the others, such as the one that names the role. */
    private static String token(String data) throws IOException {
        try {
            Map<String, Object> event = JSONObjectUtils.parse(data);
            if (event.containsKey("error")) {
                throw new IOException("the model's endpoint reports an error");
            }
            if (event.get("choices") instanceof List<?> choices
                    && !choices.isEmpty()
                    && choices.get(0) instanceof Map<?, ?> choice
                    && choice.get("delta") instanceof Map<?, ?> delta
                    && delta.get("content") instanceof String content) {
                return content;
            }
            return "";
        } catch (ParseException e) {
            throw new IOException("the model's stream is not JSON", e);
        }
    }

    private Map<String, Object> body(Question question) {
        List<Map<String, Object>> messages = new ArrayList<>();
        messages.add(message("system", INSTRUCTION + knowledge(question.found())));
        for (Question.Line line : question.dialog()) {
            messages.add(message(line.isVisitors() ? "user" : "assistant", line.text()));
        }
        return Map.of("model", config.model(), "stream", true, "messages", messages);
    }

    private static String knowledge(List<Passage> found) {
        StringBuilder knowledge = new StringBuilder("\nThe knowledge base says:\n");
        for (Passage passage : found) {
            knowledge
                    .append("\n# ")
                    .append(passage.article())
                    .append(" / ")
                    .append(passage.heading())
                    .append('\n')
                    .append(passage.text())
                    .append('\n');
        }
        return found.isEmpty() ? "\nThe knowledge base says nothing about this.\n" : knowledge.toString();
    }

    private static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}

package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.parley.conversation.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the samples of docs/http-api.md, in their order, and compares the answers' members with those on the page. */
class HttpApiDocumentTest {
    private static final Pattern SAMPLE = Pattern.compile("```sh\\n(.*?)```\\n```json\\n(.*?)```", Pattern.DOTALL);

    @Test
    void theSamplesOnThePageGiveWhatThePageSays() throws Exception {
        assumeTrue(isThere("curl") && isThere("bash"), "needs bash and curl");
        List<String> order = new ArrayList<>();
        Matcher matcher = SAMPLE.matcher(Files.readString(Path.of("..", "docs", "http-api.md")));
        Map<String, String> samples = new HashMap<>();
        while (matcher.find()) {
            order.add(matcher.group(1));
            samples.put(matcher.group(1), matcher.group(2));
        }
        assertThat(order).hasSizeGreaterThanOrEqualTo(7);
        try (RunningGateway gateway = new RunningGateway()) {
            String service = gateway.token(Role.SERVICE, "backend");
            Map<String, String> environment = new HashMap<>();
            environment.put("URL", gateway.uri("").toString());
            environment.put("ID", gateway.conversationOf("vera"));
            environment.put("SERVICE", service);
            environment.put("OPERATOR", RunningGateway.OPERATOR_SECRET);
            environment.put("VISITOR", gateway.token(Role.VISITOR, "vera"));
            environment.put("ASSISTANT", gateway.token(Role.ASSISTANT, "bot"));
            // The page reads a conversation before it posts; what it reads is there from an earlier post.
            String post = order.stream()
                    .filter(each -> each.contains("/messages"))
                    .findFirst()
                    .orElseThrow();
            Map<String, Object> posted = JSONObjectUtils.parse(run(post, environment));
            environment.put("BLOCK", (String) posted.getOrDefault("block", ""));
            for (String sample : order) {
                String answer = run(sample, environment);
                assertThat(shape(JSONObjectUtils.parse(answer)))
                        .as(sample + answer)
                        .isEqualTo(shape(JSONObjectUtils.parse(samples.get(sample))));
            }
        }
    }

    /** Names and types; of lists that of the first. */
    private static Object shape(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> shape = new TreeMap<>();
            map.forEach((name, member) -> shape.put(String.valueOf(name), shape(member)));
            return shape;
        } else if (value instanceof List<?> list) {
            return list.isEmpty() ? "list" : List.of(shape(list.get(0)));
        }
        return value instanceof Number ? "number" : "text";
    }

    private static boolean isThere(String tool) throws InterruptedException {
        try {
            return new ProcessBuilder(tool, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String run(String script, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(script + errors).isZero();
        return output;
    }
}

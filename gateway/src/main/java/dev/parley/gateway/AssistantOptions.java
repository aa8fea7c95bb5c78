package dev.parley.gateway;

import dev.parley.gateway.assistant.AssistantConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model the assistant asks. Its key is never a flag's value, which every user of the machine could see. */
final class AssistantOptions {
    @Option(
            names = "--assistant-url",
            defaultValue = "${env:PARLEY_ASSISTANT_URL:-}",
            description =
                    "endpoint that speaks like OpenAI's, up to and without /chat/completions; without one the assistant"
                            + " answers from articles alone (PARLEY_ASSISTANT_URL)")
    private String url = "";

    @Option(
            names = "--assistant-model",
            defaultValue = "${env:PARLEY_ASSISTANT_MODEL:-}",
            description = "the model to ask for there (PARLEY_ASSISTANT_MODEL)")
    private String model = "";

    @Option(
            names = "--assistant-key-file",
            description = "file with the key for that endpoint; or PARLEY_ASSISTANT_KEY holds it")
    private @Nullable Path keyFile;

    AssistantConfig read() {
        if (url.isEmpty()) {
            return AssistantConfig.NONE;
        }
        if (!isUsable(url)) {
            throw new IllegalArgumentException("--assistant-url is not the URL of an HTTP endpoint");
        }
        if (model.isEmpty()) {
            throw new IllegalArgumentException("--assistant-url needs an --assistant-model");
        }
        return new AssistantConfig(url.replaceAll("/+$", ""), key(), model);
    }

    private static boolean isUsable(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && (uri.getScheme().equals("https") || uri.getScheme().equals("http"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private String key() {
        if (keyFile == null) {
            String key = System.getenv("PARLEY_ASSISTANT_KEY");
            return key == null ? "" : key.strip();
        }
        try {
            return Files.readString(keyFile).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("--assistant-key-file " + keyFile + " cannot be read", e);
        }
    }
}

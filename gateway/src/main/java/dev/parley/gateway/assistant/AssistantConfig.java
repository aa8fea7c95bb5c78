package dev.parley.gateway.assistant;

/** The endpoint of a model; without a URL the assistant answers from articles alone. {@code toString} hides the key. */
public record AssistantConfig(String url, String key, String model) {
    public static final AssistantConfig NONE = new AssistantConfig("", "", "");

    @Override
    public String toString() {
        return url.isEmpty() ? "articles" : url + " model=" + model + (key.isEmpty() ? "" : " key=(hidden)");
    }
}

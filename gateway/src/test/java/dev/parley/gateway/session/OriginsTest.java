package dev.parley.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
    private final Origins origins = new Origins(List.of("https://good.example"));

    @Test
    void anAllowedOriginPasses() {
        assertThat(origins.allows(List.of("https://good.example"))).isTrue();
    }

    @Test
    void aRequestThatComesFromNoPageIsLeftToItsToken() {
        assertThat(origins.allows(List.of())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://good.example.evil",
                "https://good.example:8443",
                "http://good.example",
                "HTTPS://GOOD.EXAMPLE",
                "https://sub.good.example",
                "null",
                ""
            })
    void lookAlikesAreRefused(String origin) {
        assertThat(origins.allows(List.of(origin))).isFalse();
    }

    @Test
    void twoOriginsAreRefused() {
        assertThat(origins.allows(List.of("https://good.example", "https://evil.example")))
                .isFalse();
    }
}

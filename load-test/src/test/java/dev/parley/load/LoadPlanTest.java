package dev.parley.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LoadPlanTest {
    @Test
    void refusesMoreConversationsThanItsAgentsMayOpen() {
        assertThat(plan(256, 1, 1).conversations()).isEqualTo(256);
        assertThatThrownBy(() -> plan(257, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more agents");
    }

    @Test
    void refusesFewerAgentsThanAConversationHas() {
        assertThatThrownBy(() -> plan(1, 1, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void runsWithoutAgents() {
        assertThat(plan(1_000, 0, 0).agents()).isZero();
    }

    @Test
    void countsTheConnectionsOfEverybody() {
        assertThat(plan(10, 0, 0).connections()).isEqualTo(10 + 1);
        assertThat(plan(256, 3, 1).connections()).isEqualTo(256 + 3 + 1 + 1);
        assertThat(plan(257, 3, 1).connections()).isEqualTo(257 + 3 + 2 + 1);
    }

    private static LoadPlan plan(int conversations, int agents, int agentsPerConversation) {
        return new LoadPlan(
                1, "acme", conversations, 1, agents, agentsPerConversation, 10, Duration.ofSeconds(1), 0, 0);
    }
}

package dev.parley.load;

import java.time.Duration;

/**
 * Who is there and how much they do. Agents are counted over all; {@code agentsPerConversation} of them share a conversation,
 * to which an assistant comes. {@code percentBehind} of the connections read late, and so write on bases behind the head.
 */
public record LoadPlan(
        long seed,
        String tenant,
        int conversations,
        int tabsPerVisitor,
        int agents,
        int agentsPerConversation,
        int operationsPerSecond,
        Duration duration,
        double cutsPerSecond,
        int percentBehind) {

    /** What a gateway allows one connection by default. */
    static final int CONVERSATIONS_PER_CONNECTION_MAX = 256;

    /** Throws {@link IllegalArgumentException} for what cannot be run. */
    public LoadPlan {
        require(conversations > 0, "at least one conversation");
        require(tabsPerVisitor > 0, "at least one tab");
        require(operationsPerSecond > 0, "at least one operation a second");
        require(agents >= agentsPerConversation, "at least as many agents as a conversation has");
        require(percentBehind >= 0 && percentBehind <= 100, "a percentage");
        require(
                agents == 0
                        || (long) conversations * agentsPerConversation
                                <= (long) agents * CONVERSATIONS_PER_CONNECTION_MAX,
                "more agents: one connection holds " + CONVERSATIONS_PER_CONNECTION_MAX + " conversations");
    }

    /** How many connections it takes, those of assistants and of whoever reads the logs at the end among them. */
    public long connections() {
        int assistants = agents == 0 ? 0 : (conversations - 1) / CONVERSATIONS_PER_CONNECTION_MAX + 1;
        return (long) conversations * tabsPerVisitor + agents + assistants + 1;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("the load needs " + what);
        }
    }
}

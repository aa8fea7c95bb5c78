package dev.parley.gateway.presence;

import dev.parley.conversation.Author;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Role;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.Policy;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.store.memory.MemoryEphemeral;
import dev.parley.gateway.store.memory.MemoryOperationStore;
import java.util.ArrayList;
import java.util.List;

/** Nodes of one tenant that share what they know by mail. */
final class Site {
    static final String TENANT = "shop";
    static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    static final Author BEN = new Author("ben", Role.AGENT, "Ben");
    static final Author VERA = new Author("vera", Role.VISITOR, "Vera");

    final TestClock clock = new TestClock();
    final Mail mail = new Mail();
    private final MemoryEphemeral ephemeral = new MemoryEphemeral(clock, mail);
    private final List<Node> nodes = new ArrayList<>();

    /** A gateway's presence. */
    static final class Node {
        final Presence presence;
        final TenantFeed feed;
        private boolean alive = true;

        private Node(Presence presence, TenantFeed feed) {
            this.presence = presence;
            this.feed = feed;
        }
    }

    /** What a shard says of conversations. */
    interface TenantFeed {
        void changed(ConversationSummary summary);
    }

    Node node(String name) {
        Inbox inbox = new Inbox(new MemoryOperationStore(Runnable::run));
        Presence presence = new Presence(name, ephemeral, inbox, new Policy(), Limits.DEFAULT, clock);
        Node node = new Node(presence, summary -> presence.tenantOf(TENANT).changed(List.of(summary)));
        nodes.add(node);
        presence.beat();
        return node;
    }

    Member enter(Node node, TestWatcher watcher) {
        return node.presence.enter(watcher);
    }

    static TestWatcher watcher(Author author) {
        return new TestWatcher(TENANT, author);
    }

    /** A beat of every node that lives; its mail waits. */
    void beat() {
        clock.advance(200);
        nodes.forEach(node -> {
            if (node.alive) {
                node.presence.beat();
            }
        });
    }

    /** Beats with mail that arrives, until everybody could tell everybody what is missing. */
    void settle() {
        for (int i = 0; i < 2 * TenantPresence.DIGEST_MILLIS / 200; i++) {
            beat();
            mail.deliver();
        }
        beat();
    }

    /** The process is gone, and says nothing. */
    void kill(Node node) {
        node.alive = false;
    }

    /** It goes on after a long pause. */
    void resume(Node node) {
        node.alive = true;
    }

    static ConversationSummary summary(String conversation, long revision, boolean waits) {
        return new ConversationSummary(
                conversation,
                ConversationSummary.CHAT,
                "vera",
                "Vera",
                "open",
                "",
                "",
                List.of(),
                "hello",
                waits ? Role.VISITOR : Role.AGENT,
                1_767_225_600_000L + revision,
                revision);
    }
}

package dev.parley.gateway.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.gateway.session.SessionRegistry;
import dev.parley.gateway.store.ConversationKey;
import dev.parley.gateway.store.Ephemeral;
import dev.parley.wire.v1.Gained;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a conversation that a visitor has from now on at all connections of that visitor, at this node and at others. A node
 * that does not hear of it opens it when the connection asks again what its visitor has. For any thread.
 */
public final class GainedConversations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GainedConversations.class);

    /** Channels, which a cluster of stores spreads over its members. */
    private static final int PARTITIONS = 16;

    private final Ephemeral ephemeral;
    private final SessionRegistry<Connection> sessions;
    private final List<Ephemeral.Subscription> listening = new ArrayList<>();

    public GainedConversations(Ephemeral ephemeral, SessionRegistry<Connection> sessions) {
        this.ephemeral = ephemeral;
        this.sessions = sessions;
        for (int i = 0; i < PARTITIONS; i++) {
            listening.add(ephemeral.subscribe(channel(i), this::heard));
        }
    }

    /** {@code name} is the visitor's for it; empty if it has none. */
    public void tell(ConversationKey key, String visitor, String name) {
        join(key, visitor, name);
        Gained gained = Gained.newBuilder()
                .setTenant(key.tenant())
                .setConversation(key.conversation())
                .setVisitor(visitor)
                .setName(name)
                .build();
        ephemeral.publish(channel(Math.floorMod(visitor.hashCode(), PARTITIONS)), gained.toByteArray());
    }

    private void heard(byte[] message) {
        try {
            Gained gained = Gained.parseFrom(message);
            join(
                    new ConversationKey(gained.getTenant(), gained.getConversation()),
                    gained.getVisitor(),
                    gained.getName());
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("another node said what cannot be read: {}", e.getMessage());
        }
    }

    private void join(ConversationKey key, String visitor, String name) {
        sessions.visitor(key.tenant(), visitor).forEach(connection -> connection.join(key, name));
    }

    private static String channel(int partition) {
        return "gained/" + partition;
    }

    @Override
    public void close() {
        listening.forEach(Ephemeral.Subscription::close);
    }
}

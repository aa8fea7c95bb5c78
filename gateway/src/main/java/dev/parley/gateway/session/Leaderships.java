package dev.parley.gateway.session;

import dev.parley.gateway.store.Ephemeral;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Which leadership of a session is the newest, over all nodes. A new one is announced, so that the node which has the one
 * before closes it; an announcement that is lost is made up for when that node asks again. For any thread.
 */
final class Leaderships implements AutoCloseable {
    /** Channels, which a cluster of stores spreads over its members. */
    private static final int PARTITIONS = 16;

    private static final int ANNOUNCEMENT_BYTES = 3 * Long.BYTES;

    private final Ephemeral ephemeral;
    private final List<Ephemeral.Subscription> listening = new ArrayList<>();

    /** Told that a leadership began, here or elsewhere. */
    interface Listener {
        void began(SessionName session, long fence);
    }

    Leaderships(Ephemeral ephemeral, Listener listener) {
        this.ephemeral = ephemeral;
        for (int i = 0; i < PARTITIONS; i++) {
            listening.add(ephemeral.subscribe(channel(i), message -> {
                if (message.length == ANNOUNCEMENT_BYTES) {
                    ByteBuffer read = ByteBuffer.wrap(message);
                    listener.began(new SessionName(read.getLong(), read.getLong()), read.getLong());
                }
            }));
        }
    }

    /** The fence of a leadership that begins. */
    CompletionStage<Long> begin(SessionName session) {
        return ephemeral.fence(name(session)).thenApply(fence -> {
            ephemeral.publish(
                    channel(session.partition(PARTITIONS)),
                    ByteBuffer.allocate(ANNOUNCEMENT_BYTES)
                            .putLong(session.high())
                            .putLong(session.low())
                            .putLong(fence)
                            .array());
            return fence;
        });
    }

    /** The fence of the newest leadership, which is the one that somebody claims to have if no newer one is known. */
    CompletionStage<Long> newest(SessionName session, long claimed) {
        return ephemeral.newestFence(name(session), claimed);
    }

    private static String name(SessionName session) {
        return "session/" + session;
    }

    private static String channel(int partition) {
        return "leaderships/" + partition;
    }

    @Override
    public void close() {
        listening.forEach(Ephemeral.Subscription::close);
    }
}

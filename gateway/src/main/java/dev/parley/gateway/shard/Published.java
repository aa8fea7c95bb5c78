package dev.parley.gateway.shard;

import dev.parley.conversation.Position;
import dev.parley.conversation.View;
import dev.parley.gateway.store.LoggedEntry;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries in (from, to] that became durable together, for everybody of one view. For any thread: it is immutable but for
 * {@link #encoded}, where two loops may race to do the same work once more.
 */
public final class Published implements Delivery, Delivery.CatchUp {
    private final int handle;
    private final View view;
    private final long from;
    private final Position to;
    private final List<LoggedEntry> entries;
    private volatile byte @Nullable [] encoded;

    Published(int handle, View view, long from, Position to, List<LoggedEntry> entries) {
        this.handle = handle;
        this.view = view;
        this.from = from;
        this.to = to;
        this.entries = entries;
    }

    public int handle() {
        return handle;
    }

    public View view() {
        return view;
    }

    public long from() {
        return from;
    }

    @Override
    public Position position() {
        return to;
    }

    /** Those of which the view sees something. */
    public List<LoggedEntry> entries() {
        return entries;
    }

    /** The wire form, encoded once for all connections. */
    public byte[] encoded(Function<Published, byte[]> encoder) {
        byte[] bytes = encoded;
        if (bytes == null) {
            bytes = encoder.apply(this);
            encoded = bytes;
        }
        return bytes;
    }
}

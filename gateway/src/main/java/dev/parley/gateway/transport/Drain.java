package dev.parley.gateway.transport;

import dev.parley.gateway.session.SessionRegistry;
import java.time.InstantSource;
import java.util.function.IntUnaryOperator;

/**
 * The end of a node that others replace: every client is told to come back after a delay of its own, when the balancer has
 * found another node for it. The node serves them until then. For any thread.
 */
public final class Drain {
    /** The balancer has to see first that this node is not ready; so long, of the time that is left, nobody has to go. */
    private static final int FIRST_QUARTERS = 1;
    /** When the last has to go: who finds no better node yet, comes back here and is told again. */
    private static final int LAST_QUARTERS = 3;

    private final SessionRegistry<Connection> sessions;
    private final InstantSource clock;
    private final IntUnaryOperator randomBelow;
    private volatile long deadlineMillis = Long.MAX_VALUE;

    /** {@code randomBelow} gives a number from 0 to below its argument. */
    public Drain(SessionRegistry<Connection> sessions, InstantSource clock, IntUnaryOperator randomBelow) {
        this.sessions = sessions;
        this.clock = clock;
        this.randomBelow = randomBelow;
    }

    /** Whether this node should get no more connections. */
    public boolean hasBegun() {
        return deadlineMillis != Long.MAX_VALUE;
    }

    /** Everybody has so long. One that has begun may be made shorter, not longer: who was told is on the way. */
    public void begin(int drainMillis) {
        synchronized (this) {
            long deadline = clock.millis() + drainMillis;
            if (deadline >= deadlineMillis) {
                return;
            }
            deadlineMillis = deadline;
        }
        sessions.all().forEach(this::tell);
    }

    /** Closes who is still here when the time is over. The node serves nobody any more, and may be stopped. */
    public void end() {
        if (isOverdue()) {
            sessions.all().forEach(Connection::stop);
        }
    }

    /** A connection began: it may have been on its way when the drain began, or ended. */
    void begun(Connection connection) {
        if (isOverdue()) {
            connection.stop();
        } else if (hasBegun()) {
            tell(connection);
        }
    }

    private void tell(Connection connection) {
        int leftMillis = (int) Math.max(0, deadlineMillis - clock.millis());
        int quarterMillis = leftMillis / 4;
        int spreadMillis = (LAST_QUARTERS - FIRST_QUARTERS) * quarterMillis;
        connection.goAway(FIRST_QUARTERS * quarterMillis + randomBelow.applyAsInt(spreadMillis + 1), leftMillis);
    }

    /** By when everybody has to be gone, once it has begun. */
    public long deadlineMillis() {
        return deadlineMillis;
    }

    /** Who is still here. */
    public int connections() {
        return sessions.all().size();
    }

    /** Everybody went. */
    public boolean isDone() {
        return sessions.all().isEmpty();
    }

    public boolean isOverdue() {
        return clock.millis() >= deadlineMillis;
    }
}

package dev.parley.gateway.session;

import dev.parley.gateway.store.Ephemeral;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who is connected to this node. A session is what a client keeps over its sockets, and what the tabs of a browser share: one
 * of them leads it. Each leadership has a fence, a larger number than those before it at any node, and only the newest may
 * connect. For any thread.
 *
 * @param <C> a connection
 */
public final class SessionRegistry<C> implements AutoCloseable {
    /** In place of a fence: asks for a new leadership. */
    public static final long NEW_LEADERSHIP = 0;

    /** The largest fence that is taken from a client: more than time and leaderships can reach, and exact in JavaScript. */
    public static final long FENCE_MAX = 1L << 52;

    private final Map<SessionName, Held<C>> bySession = new HashMap<>();
    private final Map<SubjectKey, Set<C>> bySubject = new HashMap<>();
    private final Leaderships leaderships;
    private final Consumer<C> superseded;

    private record SubjectKey(String tenant, String subject, boolean staff) {
        static SubjectKey of(Principal principal) {
            return new SubjectKey(
                    principal.tenant(), principal.subject(), principal.role().isStaff());
        }
    }

    private record Held<C>(C connection, long fence) {}

    /** {@code superseded} is told, on any thread, of each connection whose session another one has now. */
    public SessionRegistry(Ephemeral ephemeral, Consumer<C> superseded) {
        this.superseded = superseded;
        this.leaderships = new Leaderships(ephemeral, this::began);
    }

    /**
     * The fence under which a connection that claims {@code fence} may be registered: that of a new leadership, or the
     * newest there is. A claim that is smaller than that was superseded. Fails if the nodes' common knowledge is away.
     */
    public CompletionStage<Long> newestFence(Principal principal, String session, long fence) {
        SessionName name = SessionName.of(principal, session);
        return fence == NEW_LEADERSHIP ? leaderships.begin(name) : leaderships.newest(name, fence);
    }

    /**
     * A connection begins, under its {@link #newestFence}, and supersedes the one before. False if that has been superseded
     * meanwhile; then the connection is not registered.
     */
    public boolean register(Principal principal, String session, long fence, C connection) {
        SessionName name = SessionName.of(principal, session);
        Held<C> before;
        synchronized (this) {
            before = bySession.get(name);
            if (before != null && before.fence > fence) {
                return false;
            }
            bySession.put(name, new Held<>(connection, fence));
            add(SubjectKey.of(principal), connection);
        }
        if (before != null) {
            superseded.accept(before.connection);
        }
        return true;
    }

    private void began(SessionName session, long fence) {
        C older;
        synchronized (this) {
            Held<C> held = bySession.get(session);
            older = held != null && held.fence < fence ? held.connection : null;
        }
        if (older != null) {
            superseded.accept(older);
        }
    }

    /** Whether a connection here has the session. */
    public boolean isHeld(Principal principal, String session) {
        SessionName name = SessionName.of(principal, session);
        synchronized (this) {
            return bySession.containsKey(name);
        }
    }

    public synchronized void unregister(Principal principal, String session, C connection) {
        SessionName name = SessionName.of(principal, session);
        Held<C> held = bySession.get(name);
        if (held != null && held.connection() == connection) {
            bySession.remove(name);
        }
        remove(SubjectKey.of(principal), connection);
    }

    /** The same person may have another role now. */
    public synchronized void move(Principal before, Principal after, C connection) {
        remove(SubjectKey.of(before), connection);
        add(SubjectKey.of(after), connection);
    }

    private void add(SubjectKey subject, C connection) {
        bySubject.computeIfAbsent(subject, key -> new HashSet<>()).add(connection);
    }

    private void remove(SubjectKey subject, C connection) {
        bySubject.computeIfPresent(subject, (key, connections) -> {
            connections.remove(connection);
            return connections.isEmpty() ? null : connections;
        });
    }

    /** Every connection of a visitor. */
    public synchronized List<C> visitor(String tenant, String subject) {
        return List.copyOf(bySubject.getOrDefault(new SubjectKey(tenant, subject, false), Set.of()));
    }

    public synchronized List<C> all() {
        return bySession.values().stream().map(Held::connection).toList();
    }

    @Override
    public void close() {
        leaderships.close();
    }
}

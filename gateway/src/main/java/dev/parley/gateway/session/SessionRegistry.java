package dev.parley.gateway.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to this node. A session is what a client keeps over its sockets, and what the tabs of a browser share: one
 * of them leads it. Each leadership has a fence, a larger number than those before it, and only the newest may connect. For
 * any thread.
 *
 * @param <C> a connection
 */
public final class SessionRegistry<C> {
    /** In place of a fence: asks for a new leadership. */
    public static final long NEW_LEADERSHIP = 0;

    /** The largest fence that is taken from a client: more than time and leaderships can reach, and exact in JavaScript. */
    public static final long FENCE_MAX = 1L << 52;

    private static final Duration KEPT = Duration.ofHours(1);
    private static final int ENDED_SESSIONS_MAX = 50_000;

    private final InstantSource clock;
    private final Map<SessionKey, Held<C>> bySession = new HashMap<>();
    private final Map<SubjectKey, Set<C>> bySubject = new HashMap<>();
    /** The newest fence of sessions that have no connection. */
    private final Cache<SessionKey, Long> ended;

    private record SessionKey(String tenant, String subject, String session) {
        static SessionKey of(Principal principal, String session) {
            return new SessionKey(principal.tenant(), principal.subject(), session);
        }
    }

    private record SubjectKey(String tenant, String subject, boolean staff) {
        static SubjectKey of(Principal principal) {
            return new SubjectKey(
                    principal.tenant(), principal.subject(), principal.role().isStaff());
        }
    }

    private record Held<C>(C connection, long fence) {}

    /** What a connection got; {@code superseded} had the session until now. */
    public record Leadership<C>(long fence, @Nullable C superseded) {}

    public SessionRegistry(InstantSource clock) {
        this.clock = clock;
        this.ended = Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000)
                .expireAfterWrite(KEPT)
                .maximumSize(ENDED_SESSIONS_MAX)
                .build();
    }

    /**
     * A connection begins: with a new leadership, or going on with that of the fence. Null if there is a newer one; then the
     * connection is not registered.
     */
    public synchronized @Nullable Leadership<C> register(
            Principal principal, String session, long fence, C connection) {
        SessionKey key = SessionKey.of(principal, session);
        Held<C> held = bySession.get(key);
        Long newest = held == null ? ended.getIfPresent(key) : (Long) held.fence();
        long granted = fence;
        if (fence == NEW_LEADERSHIP) {
            // Leaderships begin more slowly than milliseconds go by: this is past every fence of a session that was
            // forgotten.
            granted = newest == null ? clock.millis() : newest + 1;
        } else if (newest != null && newest != fence) {
            return null;
        }
        bySession.put(key, new Held<>(connection, granted));
        add(SubjectKey.of(principal), connection);
        return new Leadership<>(granted, held == null ? null : held.connection());
    }

    public synchronized void unregister(Principal principal, String session, C connection) {
        SessionKey key = SessionKey.of(principal, session);
        Held<C> held = bySession.get(key);
        if (held != null && held.connection() == connection) {
            bySession.remove(key);
            ended.put(key, held.fence());
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

    /** Every connection of the same person, in any session. */
    public synchronized List<C> connectionsOf(Principal principal) {
        return List.copyOf(bySubject.getOrDefault(SubjectKey.of(principal), Set.of()));
    }

    /** Every connection of a visitor. */
    public synchronized List<C> visitor(String tenant, String subject) {
        return List.copyOf(bySubject.getOrDefault(new SubjectKey(tenant, subject, false), Set.of()));
    }

    public synchronized List<C> all() {
        return bySession.values().stream().map(Held::connection).toList();
    }
}

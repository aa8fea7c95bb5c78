package dev.parley.gateway.session;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to this node. A session is what a client keeps over its sockets: the newer connection of one takes over
 * from the older. For any thread.
 *
 * @param <C> a connection
 */
public final class SessionRegistry<C> {
    private final Map<SessionKey, C> bySession = new ConcurrentHashMap<>();
    private final Map<SubjectKey, Set<C>> bySubject = new ConcurrentHashMap<>();

    private record SessionKey(SubjectKey subject, String session) {}

    private record SubjectKey(String tenant, String subject, boolean staff) {
        static SubjectKey of(Principal principal) {
            return new SubjectKey(
                    principal.tenant(), principal.subject(), principal.role().isStaff());
        }
    }

    /** The older connection of the same session, which this one supersedes, or null. */
    public @Nullable C register(Principal principal, String session, C connection) {
        SubjectKey subject = SubjectKey.of(principal);
        bySubject.compute(subject, (key, connections) -> {
            Set<C> all = connections == null ? ConcurrentHashMap.newKeySet() : connections;
            all.add(connection);
            return all;
        });
        return bySession.put(new SessionKey(subject, session), connection);
    }

    public void unregister(Principal principal, String session, C connection) {
        SubjectKey subject = SubjectKey.of(principal);
        bySession.remove(new SessionKey(subject, session), connection);
        bySubject.computeIfPresent(subject, (key, connections) -> {
            connections.remove(connection);
            return connections.isEmpty() ? null : connections;
        });
    }

    /** Every connection of the same person, in any session. */
    public List<C> connectionsOf(Principal principal) {
        return List.copyOf(bySubject.getOrDefault(SubjectKey.of(principal), Set.of()));
    }

    /** Every connection of a visitor. */
    public List<C> visitor(String tenant, String subject) {
        return List.copyOf(bySubject.getOrDefault(new SubjectKey(tenant, subject, false), Set.of()));
    }

    public List<C> all() {
        return List.copyOf(bySession.values());
    }
}

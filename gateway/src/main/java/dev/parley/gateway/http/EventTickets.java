package dev.parley.gateway.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.gateway.session.Principal;
import dev.parley.gateway.store.ConversationKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Stand for a token where none can be sent: in the URL of an {@code EventSource}. Each is good once and for a moment, for one
 * conversation. For any thread.
 */
public final class EventTickets {
    private static final Duration LIFETIME = Duration.ofSeconds(30);
    private static final int TICKETS_MAX = 10_000;
    private static final int TICKET_BYTES = 18;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Grant> grants;

    /** What a ticket stands for. */
    record Grant(Principal principal, ConversationKey conversation) {}

    record Issued(String ticket, long expiresAtMillis) {}

    public EventTickets(InstantSource clock) {
        this.clock = clock;
        this.grants = Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(() -> clock.millis() * 1_000_000)
                .expireAfterWrite(LIFETIME)
                .maximumSize(TICKETS_MAX)
                .build();
    }

    Issued issue(Principal principal, ConversationKey conversation) {
        byte[] bytes = new byte[TICKET_BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().encodeToString(bytes);
        long expiresAtMillis = clock.millis() + LIFETIME.toMillis();
        grants.put(ticket, new Grant(principal, conversation));
        return new Issued(ticket, expiresAtMillis);
    }

    /** Uses the ticket up; null if it is not good any more. */
    @Nullable Grant redeem(String ticket) {
        return grants.asMap().remove(ticket);
    }
}
